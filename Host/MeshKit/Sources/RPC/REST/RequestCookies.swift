public import HTTP

/// The cookies of a request (RFC 6265 §5.4), in the order they came; over HTTP/2 they may come in several fields.
public struct RequestCookies: Sendable {
    /// How often a name comes.
    public enum Occurrence: Sendable, Equatable {
        case none
        /// Once, with this value.
        case once(String)
        /// Twice or more, so that nobody can say which is meant.
        case repeated
    }

    private let pairs: [(name: Substring, value: Substring)]

    /// Reads every `cookie` field. What has no name is left out.
    public init(_ fields: HTTPFields) {
        var pairs: [(name: Substring, value: Substring)] = []
        for field in fields where field.name == "cookie" { Self.read(field.value[...], &pairs) }
        self.pairs = pairs
    }

    /// Every value of a name; names are case-sensitive.
    public func values(for name: String) -> [String] {
        pairs.filter { $0.name == name }.map { String($0.value) }
    }

    /// The value of a name that comes exactly once; nil otherwise, as nobody can say which of two is meant.
    public func only(_ name: String) -> String? {
        let values = values(for: name)
        return values.count == 1 ? values[0] : nil
    }

    /// The cookie of a name in the fields of a request: what most want of its cookies, in one pass.
    public static func occurrence(of name: String, in fields: HTTPFields) -> Occurrence {
        var (name, found) = (name, Occurrence.none)
        for field in fields where field.name == "cookie" {
            var value = field.value
            value.withUTF8 { bytes in name.withUTF8 { collect($0, bytes, &found) } }
        }
        return found
    }

    private static func collect(
        _ name: UnsafeBufferPointer<UInt8>,
        _ bytes: UnsafeBufferPointer<UInt8>,
        _ found: inout Occurrence
    ) {
        var start = 0
        while start < bytes.count {
            var end = start
            while end < bytes.count, bytes[end] != UInt8(ascii: ";") { end += 1 }
            let next = end + 1
            while start < end, isBlank(bytes[start]) { start += 1 }
            while start < end, isBlank(bytes[end - 1]) { end -= 1 }
            let equals = start + name.count
            if equals > start, equals < end, bytes[equals] == UInt8(ascii: "="),
                bytes[start..<equals].elementsEqual(name)
            {
                guard found == .none else {
                    found = .repeated
                    return
                }
                let value = UnsafeBufferPointer(rebasing: bytes[(equals + 1)..<end])
                found = .once(String(decoding: value, as: UTF8.self))
            }
            start = next
        }
    }

    /// Byte by byte: every request that has a session comes here, and characters cost ten times as much.
    private static func read(_ field: Substring, _ pairs: inout [(name: Substring, value: Substring)]) {
        for part in field.utf8.split(separator: UInt8(ascii: ";")) {
            guard let first = part.firstIndex(where: { !isBlank($0) }),
                let last = part.lastIndex(where: { !isBlank($0) }),
                let equals = part[first...last].firstIndex(of: UInt8(ascii: "=")), equals > first
            else { continue }
            pairs.append((field[first..<equals], field[part.index(after: equals)..<part.index(after: last)]))
        }
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
}
