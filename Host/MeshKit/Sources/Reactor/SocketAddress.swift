public import Glibc

/// Where a socket is: an IP address with a port, or a path.
public struct SocketAddress: Hashable, Sendable, CustomStringConvertible {
    private enum Kind: Hashable {
        case internet(bytes: [UInt8], port: UInt16, scope: UInt32)
        case unix(String)
    }
    private let kind: Kind

    private init(_ kind: Kind) {
        self.kind = kind
    }

    /// Where the bytes are that copies of it share.
    var place: ReadAhead.Place? {
        guard case .internet(let bytes, _, _) = kind else { return nil }
        return ReadAhead.Place(array: bytes)
    }

    /// Reads "127.0.0.1:80", "[::1]:80", ":80" (every address) or "unix:/path". No names: `Resolver` has those.
    /// - Returns: nil for anything else.
    public init?(parsing text: String) {
        if text.hasPrefix("unix:") {
            let path = String(text.dropFirst(5))
            guard !path.isEmpty, path.utf8.count < 108, !path.utf8.contains(0) else { return nil }
            self.init(.unix(path))
            return
        }
        guard let (host, port) = Self.split(text) else { return nil }
        self.init(host: host.isEmpty ? "0.0.0.0" : host, port: port)
    }

    /// A literal IPv4 or IPv6 address.
    public init?(host: String, port: UInt16) {
        var four = in_addr()
        var six = in6_addr()
        if inet_pton(AF_INET, host, &four) == 1 {
            self.init(.internet(bytes: withUnsafeBytes(of: four) { Array($0) }, port: port, scope: 0))
        } else if inet_pton(AF_INET6, host, &six) == 1 {
            self.init(.internet(bytes: withUnsafeBytes(of: six) { Array($0) }, port: port, scope: 0))
        } else {
            return nil
        }
    }

    /// Splits "host:port" or "[v6]:port".
    public static func split(_ text: String) -> (host: String, port: UInt16)? {
        guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]) else {
            return nil
        }
        var host = text[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = host.dropFirst().dropLast()
        } else if host.contains(":") {
            return nil
        }
        return (String(host), port)
    }

    /// Reads what the kernel filled in.
    public init?(_ storage: sockaddr_storage, length: socklen_t) {
        var storage = storage
        switch Int32(storage.ss_family) {
        case AF_INET:
            let address = withUnsafeBytes(of: &storage) { $0.load(as: sockaddr_in.self) }
            let bytes = withUnsafeBytes(of: address.sin_addr) { Array($0) }
            self.init(.internet(bytes: bytes, port: UInt16(bigEndian: address.sin_port), scope: 0))
        case AF_INET6:
            let address = withUnsafeBytes(of: &storage) { $0.load(as: sockaddr_in6.self) }
            let bytes = withUnsafeBytes(of: address.sin6_addr) { Array($0) }
            let port = UInt16(bigEndian: address.sin6_port)
            self.init(.internet(bytes: bytes, port: port, scope: address.sin6_scope_id))
        case AF_UNIX:
            let path = withUnsafeBytes(of: &storage) { bytes in
                String(decoding: bytes[2..<max(2, Int(length))].prefix { $0 != 0 }, as: UTF8.self)
            }
            self.init(.unix(path))
        default:
            return nil
        }
    }

    /// The port; nil for a path.
    public var port: UInt16? {
        if case .internet(_, let port, _) = kind { port } else { nil }
    }

    /// The path; nil for an IP address.
    public var path: String? {
        if case .unix(let path) = kind { path } else { nil }
    }

    /// The address without its port, for limits per peer: 4 or 16 bytes; empty for a path.
    public var hostBytes: [UInt8] {
        if case .internet(let bytes, _, _) = kind { bytes } else { [] }
    }

    /// "127.0.0.1:80", "[::1]:80" or "unix:/path".
    public var description: String {
        switch kind {
        case .unix(let path):
            return "unix:\(path)"
        case .internet(let bytes, let port, _):
            var text = [CChar](repeating: 0, count: 64)
            let family = bytes.count == 4 ? AF_INET : AF_INET6
            _ = bytes.withUnsafeBytes { inet_ntop(family, $0.baseAddress, &text, 64) }
            let host = String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            return bytes.count == 4 ? "\(host):\(port)" : "[\(host)]:\(port)"
        }
    }

    /// AF_INET, AF_INET6 or AF_UNIX.
    var family: Int32 {
        switch kind {
        case .internet(let bytes, _, _): bytes.count == 4 ? AF_INET : AF_INET6
        case .unix: AF_UNIX
        }
    }

    /// Lends the address as the kernel wants it.
    func withSockaddr<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
        var storage = sockaddr_storage()
        let length = withUnsafeMutableBytes(of: &storage) { space -> Int in
            switch kind {
            case .internet(let bytes, let port, _) where bytes.count == 4:
                var address = sockaddr_in()
                address.sin_family = sa_family_t(AF_INET)
                address.sin_port = port.bigEndian
                withUnsafeMutableBytes(of: &address.sin_addr) { $0.copyBytes(from: bytes) }
                space.storeBytes(of: address, as: sockaddr_in.self)
                return MemoryLayout<sockaddr_in>.size
            case .internet(let bytes, let port, let scope):
                var address = sockaddr_in6()
                address.sin6_family = sa_family_t(AF_INET6)
                address.sin6_port = port.bigEndian
                address.sin6_scope_id = scope
                withUnsafeMutableBytes(of: &address.sin6_addr) { $0.copyBytes(from: bytes) }
                space.storeBytes(of: address, as: sockaddr_in6.self)
                return MemoryLayout<sockaddr_in6>.size
            case .unix(let path):
                space.storeBytes(of: sa_family_t(AF_UNIX), as: sa_family_t.self)
                UnsafeMutableRawBufferPointer(rebasing: space[2..<110]).copyBytes(from: path.utf8)
                return 2 + path.utf8.count + 1
            }
        }
        return withUnsafePointer(to: &storage) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(length)) }
        }
    }
}
