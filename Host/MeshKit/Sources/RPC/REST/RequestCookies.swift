public import HTTP

/// The cookies of a request (RFC 6265 §5.4), in the order they came; over HTTP/2 they may come in several fields.
public struct RequestCookies: Sendable {
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
