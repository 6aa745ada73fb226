/// How long a server asks to wait, in the words of its answer: "Greylisted, please try again in 300 seconds".
enum RetryHint {
    /// The longest wait that is believed.
    static let longest = Duration.seconds(4 * 3600)

    /// Reads the first "in N seconds" or "after N minutes" of a text.
    /// - Returns: nil if there is none.
    static func wait(in text: String) -> Duration? {
        let words = text.lowercased().split { !$0.isLetter && !$0.isNumber }
        for (index, word) in words.enumerated() where word == "in" || word == "after" || word == "for" {
            guard index + 1 < words.count else { break }
            let next = words[index + 1]
            // "5min" and "300s" are written too.
            let digits = next.prefix { $0.isASCII && $0.isNumber }
            guard (1...6).contains(digits.count), let number = Int(digits), number > 0 else { continue }
            let unit = digits.count < next.count ? next.dropFirst(digits.count) : words.dropFirst(index + 2).first ?? ""
            let seconds: Int? =
                if unit.hasPrefix("s") { number } else if unit.hasPrefix("m") {
                    number * 60
                } else if unit.hasPrefix("h") { number * 3600 } else { nil }
            if let seconds { return min(.seconds(seconds), longest) }
        }
        return nil
    }
}
