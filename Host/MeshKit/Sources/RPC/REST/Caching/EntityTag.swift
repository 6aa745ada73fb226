internal import Digest

/// An entity tag (RFC 9110 §8.8.3). A value.
public struct EntityTag: Sendable, Equatable, CustomStringConvertible {
    /// With its quotes.
    public let description: String

    /// The tag of content: the same for the same bytes in every process.
    public init(of content: [UInt8]) {
        description = "\"\(Base64URL.encode(Array(SHA256.hash(content).prefix(12))))\""
    }

    /// A tag that somebody else gives; quotes are put around it where there are none.
    public init(_ text: String) {
        description = text.hasPrefix("\"") ? text : "\"\(text)\""
    }

    /// Whether the values of `if-none-match` list it (RFC 9110 §13.1.2, weak comparison).
    public func isListed(in values: [String]) -> Bool {
        values.contains { value in
            value.split(separator: ",").contains { part in
                var part = part.drop { $0 == " " || $0 == "\t" }
                while part.last == " " || part.last == "\t" { part.removeLast() }
                if part == "*" { return true }
                return (part.hasPrefix("W/") ? part.dropFirst(2) : part) == description[...]
            }
        }
    }
}

/// As the content of an answer: what storing something says of what fetching it will have as ETag.
extension EntityTag: JSONWritable {
    /// `{"etag":"\"…\""}`.
    public func writeJSON(to json: inout JSONWriter) {
        json.object { json in
            json.key("etag")
            json.string(description)
        }
    }
}
