internal import Digest

/// Text in header fields: words as they are, or encoded words (RFC 2047).
enum HeaderText {
    /// A line is folded before this column; encoded words have at most 75 characters (RFC 2047 §2).
    static let width = 76

    /// The body of an unstructured field such as Subject. `text` is one clean line.
    static func unstructured(_ text: String, after name: String) -> String {
        let isPlain = isPrintable(text) && !text.contains("=?") && !text.hasPrefix(" ") && !text.hasSuffix(" ")
        if isPlain, name.utf8.count + 2 + text.utf8.count <= width { return text }
        return encoded(text, column: name.utf8.count + 2)
    }

    /// The body of an address field: `"Name" <address>`.
    static func mailbox(_ address: MailAddress, after name: String) -> String {
        guard !address.name.isEmpty else { return "<\(address.address)>" }
        let phrase: String
        let quoted = "\"" + address.name.map { "\\\"".contains($0) ? "\\\($0)" : String($0) }.joined() + "\""
        // Some readers decode encoded words within quotes.
        let isPlain = isPrintable(address.name) && !address.name.contains("=?")
        if isPlain, name.utf8.count + 2 + quoted.utf8.count <= width {
            phrase = quoted
        } else {
            phrase = encoded(address.name, column: name.utf8.count + 2)
        }
        let line = phrase.utf8.split(separator: 0x0A).last?.count ?? 0
        let column = phrase.contains("\r\n") ? line : line + name.utf8.count + 2
        let fold = column + address.address.utf8.count + 3 > width ? "\r\n " : " "
        return "\(phrase)\(fold)<\(address.address)>"
    }

    private static func isPrintable(_ text: String) -> Bool { text.utf8.allSatisfy { (0x20...0x7E).contains($0) } }

    /// Encoded words on as many lines as it takes; no character is torn apart.
    private static func encoded(_ text: String, column: Int) -> String {
        let prefix = "=?utf-8?B?"
        let suffix = "?="
        var lines: [String] = []
        var bytes: [UInt8] = []
        /// Bytes whose base 64 fits into what is left of the line.
        func room() -> Int {
            let used = lines.isEmpty ? column : 1
            return max(12, (width - used - prefix.utf8.count - suffix.utf8.count) / 4 * 3)
        }
        func finish() {
            guard !bytes.isEmpty else { return }
            lines.append(prefix + Base64.encode(bytes) + suffix)
            bytes = []
        }
        for scalar in text.unicodeScalars {
            let more = Array(String(scalar).utf8)
            if bytes.count + more.count > room() { finish() }
            bytes += more
        }
        finish()
        return lines.joined(separator: "\r\n ")
    }
}
