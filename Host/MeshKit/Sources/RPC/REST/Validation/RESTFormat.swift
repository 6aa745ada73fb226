internal import Observe

/// A kind of text that the public contract names.
public enum RESTFormat: Sendable, CustomStringConvertible {
    /// Digits with a minus and a point where they are needed: "-12.34".
    case decimal
    /// A day: "2012-06-01".
    case date
    /// RFC 9562, in lower case.
    case uuid

    func accepts(_ text: String) -> Bool {
        switch self {
        case .decimal: Self.decimalPattern(text)
        case .date: text.utf8.count == 10 && WallTime(rfc3339: text + "T00:00:00Z") != nil
        case .uuid: Self.uuidPattern.matches(text)
        }
    }

    private static func decimalPattern(_ text: String) -> Bool {
        let digits = text.utf8.first == 0x2d ? text.utf8.dropFirst() : text.utf8[...]
        let parts = digits.split(separator: 0x2e, omittingEmptySubsequences: false)
        return parts.count <= 2
            && parts.allSatisfy { part in !part.isEmpty && part.allSatisfy { (0x30...0x39).contains($0) } }
    }

    private static let uuidPattern = RESTPattern("^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$")

    /// The rest of a sentence that begins with "must be".
    public var description: String {
        switch self {
        case .decimal: "a decimal number, as 12.34"
        case .date: "a day, as 2012-06-01"
        case .uuid: "an id"
        }
    }
}
