import Reactor

/// An IP address without a port. IPv4 written as IPv6 (::ffff:192.0.2.1) is IPv4.
struct IPAddress: Hashable, CustomStringConvertible {
    /// 4 or 16 bytes.
    let bytes: [UInt8]

    /// The address of a peer; nil for a unix socket.
    init?(_ address: SocketAddress) {
        self.init(address.hostBytes)
    }

    /// An address as the wire has it; nil for anything but 4 or 16 bytes.
    init?(_ bytes: [UInt8]) {
        guard [4, 16].contains(bytes.count) else { return nil }
        self.init(bytes: bytes)
    }

    /// Reads "192.0.2.1", "2001:db8::1", and either with a port, as some proxies write it: "192.0.2.1:80", "[::1]:80".
    init?(parsing text: some StringProtocol) {
        let text = String(text)
        if let bare = SocketAddress(host: text, port: 0) {
            self.init(bytes: bare.hostBytes)
        } else if text.hasPrefix("["), text.hasSuffix("]"),
            let bare = SocketAddress(host: String(text.dropFirst().dropLast()), port: 0)
        {
            self.init(bytes: bare.hostBytes)
        } else if !text.hasPrefix(":"), let address = SocketAddress(parsing: text), !address.hostBytes.isEmpty {
            self.init(bytes: address.hostBytes)
        } else {
            return nil
        }
    }

    private static let mapped: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff]

    private init(bytes: [UInt8]) {
        self.bytes = bytes.count == 16 && bytes.starts(with: Self.mapped) ? Array(bytes.dropFirst(12)) : bytes
    }

    /// As people write it, without brackets.
    var description: String {
        guard bytes.count == 16 else { return dotted }
        let groups = stride(from: 0, to: 16, by: 2).map { Int(bytes[$0]) << 8 | Int(bytes[$0 + 1]) }
        return Self.compressed(groups)
    }

    /// Digit by digit: every request comes here.
    private var dotted: String {
        String(unsafeUninitializedCapacity: 15) { space in
            var count = 0
            for byte in bytes {
                if count > 0 {
                    space[count] = UInt8(ascii: ".")
                    count += 1
                }
                for (digit, isShown) in [(byte / 100, byte >= 100), (byte / 10 % 10, byte >= 10), (byte % 10, true)]
                where isShown {
                    space[count] = UInt8(ascii: "0") + digit
                    count += 1
                }
            }
            return count
        }
    }

    /// RFC 5952 §4: lower case, no leading zeros, the longest run of two or more zeros as "::".
    private static func compressed(_ groups: [Int]) -> String {
        var longest = 0..<0
        var start = 0
        while start < groups.count {
            let end = groups[start...].firstIndex { $0 != 0 } ?? groups.count
            if end - start > longest.count { longest = start..<end }
            start = max(end, start + 1)
        }
        func text(_ part: ArraySlice<Int>) -> String {
            part.map { String($0, radix: 16) }.joined(separator: ":")
        }
        guard longest.count >= 2 else { return text(groups[...]) }
        return text(groups[..<longest.lowerBound]) + "::" + text(groups[longest.upperBound...])
    }
}
