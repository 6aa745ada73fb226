/// The name in a greeting, made harmless: somebody may register a victim's address under a "name" that is a message with
/// a link. Mail programs turn whatever looks like an address or a host into a link, in plain text too.
enum GreetingName {
    /// At most so many characters; more is no name to greet by.
    static let longest = 60

    /// `name` without anything that a mail program would make a link of; empty if nothing is left.
    static func of(_ name: String) -> String {
        var words: [String] = []
        for word in name.split(whereSeparator: \.isWhitespace) {
            let lower = word.lowercased()
            // What follows such a word explains it, so the name ends here.
            guard !lower.contains("://"), !lower.contains("www."), !lower.contains("@"), !lower.contains("/") else {
                break
            }
            words.append(spaced(String(word.unicodeScalars.filter(isPlain).map(Character.init))))
        }
        let text = words.filter { !$0.isEmpty }.joined(separator: " ")
        return text.count <= longest ? text : text.prefix(longest - 1) + "…"
    }

    /// "evil.example" becomes "evil. example", which no program takes for a host; "St.John" loses nothing by it.
    private static func spaced(_ word: String) -> String {
        var result = ""
        var afterDot = false
        for character in word {
            if afterDot, character != "." { result += " " }
            result.append(character)
            // These are read as dots in host names (RFC 3490 §3.1).
            afterDot = ".\u{3002}\u{FF0E}\u{FF61}\u{2024}".contains(character)
        }
        return result
    }

    private static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .unassigned, .privateUse: false
        default: true
        }
    }
}
