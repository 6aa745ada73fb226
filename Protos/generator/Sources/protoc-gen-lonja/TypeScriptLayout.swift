/// The layout of the TypeScript sources: four spaces a step, 120 columns. Lines come with two spaces a step.
enum TypeScriptLayout {
    private static let columns = 120

    static func laidOut(_ lines: [String]) -> [String] {
        lines.flatMap { line in
            let text = line.drop { $0 == " " }
            let indent = String(repeating: "  ", count: line.count - text.count)
            guard indent.count + text.count > columns, text.hasPrefix("/** "), text.hasSuffix(" */") else {
                return [indent + text]
            }
            return comment(text.dropFirst(4).dropLast(3), indent)
        }
    }

    /// A comment over several lines.
    private static func comment(_ prose: Substring, _ indent: String) -> [String] {
        let start = indent + " *"
        var lines = [indent + "/**"]
        var line = start
        for word in prose.split(separator: " ") {
            if line.count + 1 + word.count > columns {
                lines.append(line)
                line = start
            }
            line += " " + word
        }
        return lines + [line, indent + " */"]
    }
}
