/// A piece of HTML. A value in `\( )` is escaped; only the program's own literals are markup. That is all there is to
/// escaping here: text that came from outside has no other way in.
struct HTMLText: ExpressibleByStringInterpolation, Sendable {
    private(set) var markup: String

    init(stringLiteral value: String) { markup = value }

    init(stringInterpolation interpolation: StringInterpolation) { markup = interpolation.markup }

    static func + (left: HTMLText, right: HTMLText) -> HTMLText {
        var sum = left
        sum.markup += right.markup
        return sum
    }

    /// One after the other.
    static func joined(_ parts: [HTMLText]) -> HTMLText { parts.reduce("") { $0 + $1 } }

    struct StringInterpolation: StringInterpolationProtocol {
        var markup = ""

        init(literalCapacity: Int, interpolationCount: Int) { markup.reserveCapacity(literalCapacity * 2) }

        mutating func appendLiteral(_ literal: String) { markup += literal }

        /// Text, for content and for attributes in double quotes.
        mutating func appendInterpolation(_ text: String) {
            for scalar in text.unicodeScalars {
                switch scalar {
                case "&": markup += "&amp;"
                case "<": markup += "&lt;"
                case ">": markup += "&gt;"
                case "\"": markup += "&quot;"
                case "'": markup += "&#39;"
                default: markup.unicodeScalars.append(scalar)
                }
            }
        }

        /// HTML, as it is.
        mutating func appendInterpolation(_ html: HTMLText) { markup += html.markup }
    }
}
