public import HTTP

/// The cookies of a request (RFC 6265 §5.4), in the order they came; over HTTP/2 they may come in several fields.
public struct RequestCookies: Sendable {
    private let pairs: [(name: Substring, value: Substring)]

    /// Reads every `cookie` field. What has no name is left out.
    public init(_ fields: HTTPFields) {
        pairs = fields.values(for: "cookie").flatMap { field in
            field.split(separator: ";").compactMap { part in
                let part = Self.trimmed(part)
                guard let equals = part.firstIndex(of: "="), equals > part.startIndex else { return nil }
                return (part[..<equals], part[part.index(after: equals)...])
            }
        }
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

    private static func trimmed(_ text: Substring) -> Substring {
        let begun = text.drop { $0 == " " || $0 == "\t" }
        guard let last = begun.lastIndex(where: { $0 != " " && $0 != "\t" }) else { return begun }
        return begun[...last]
    }
}
