extension Letter {
    /// The letter for readers without HTML: lines of at most 76 characters, except links.
    var text: String {
        var parts = [greeting]
        for block in blocks {
            switch block {
            case .paragraph(let text), .note(let text): parts.append(Self.wrapped(text))
            case .code(let code): parts.append("    \(code)")
            case .link(let address, let title): parts.append("\(title):\n\(address)")
            }
        }
        parts.append(signature)
        // Two hyphens and a space begin what is not part of the letter (RFC 3676 §4.3).
        return parts.joined(separator: "\n\n") + "\n\n-- \n" + Self.wrapped(footer) + "\n"
    }

    private static func wrapped(_ text: String, width: Int = 76) -> String {
        var lines: [String] = []
        var line = ""
        for word in text.split(separator: " ") {
            if !line.isEmpty, line.count + 1 + word.count > width {
                lines.append(line)
                line = ""
            }
            line += line.isEmpty ? word : " \(word)"
        }
        if !line.isEmpty { lines.append(line) }
        return lines.joined(separator: "\n")
    }
}
