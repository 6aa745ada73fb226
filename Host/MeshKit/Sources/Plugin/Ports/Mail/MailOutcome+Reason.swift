extension MailOutcome {
    /// Makes what a provider said safe to show: one line, at most 200 characters, words with an @ left out, as they are
    /// addresses.
    public static func line(_ text: String) -> String {
        let words = MailText.line(text, limit: 400).split(separator: " ")
            .map { word -> String in word.contains("@") ? "…" : String(word) }
        let line = words.joined(separator: " ")
        return line.count > 200 ? line.prefix(199) + "…" : line
    }
}
