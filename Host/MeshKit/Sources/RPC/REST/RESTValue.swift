/// A type that a path segment or a query parameter can stand for.
public protocol RESTValue {
    /// Reads decoded text; nil if it is none.
    static func parse(_ text: String) -> Self?
}

extension String: RESTValue {
    /// The text itself.
    public static func parse(_ text: String) -> String? { text }
}

extension Int32: RESTValue {
    /// Decimal digits, with a minus.
    public static func parse(_ text: String) -> Int32? { text.hasPrefix("+") ? nil : Int32(text) }
}

extension Int64: RESTValue {
    /// Decimal digits, with a minus.
    public static func parse(_ text: String) -> Int64? { text.hasPrefix("+") ? nil : Int64(text) }
}

extension Bool: RESTValue {
    /// "true" or "false".
    public static func parse(_ text: String) -> Bool? {
        switch text {
        case "true": true
        case "false": false
        default: nil
        }
    }
}
