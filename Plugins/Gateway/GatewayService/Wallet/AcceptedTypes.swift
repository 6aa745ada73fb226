import HTTP

/// What a client says that it takes: the field Accept (RFC 9110 §12.5.1), as far as two kinds are told apart.
struct AcceptedTypes: Sendable {
    /// Lower-case ranges and their weights in thousandths.
    private let ranges: [(range: Substring, weight: Int)]

    init(_ fields: HTTPFields) {
        let text = fields.values(for: "accept").joined(separator: ",").lowercased()
        ranges = text.split(separator: ",").map { part in
            let pieces = part.split(separator: ";").map { $0.trimmed }
            let weight = pieces.dropFirst().first { $0.hasPrefix("q=") }.map { Self.weight($0.dropFirst(2)) }
            return (pieces.first ?? "", weight ?? 1000)
        }
    }

    /// Whether the first kind is wanted more than the second, which is what who says nothing gets.
    func prefers(_ first: String, over second: String) -> Bool { weight(of: first) > weight(of: second) }

    /// The most precise range that fits counts; 0 where none does.
    private func weight(of type: String) -> Int {
        let kind = type.prefix { $0 != "/" } + "/*"
        for range in [Substring(type), kind, "*/*"] {
            if let found = ranges.first(where: { $0.range == range }) { return found.weight }
        }
        return 0
    }

    /// "1", "0.8", "0.125"; 0 for what is no weight.
    private static func weight(_ text: Substring) -> Int {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard let whole = parts.first, parts.count <= 2, whole == "0" || whole == "1" else { return 0 }
        let digits = parts.count == 2 ? parts[1] : ""
        guard digits.utf8.count <= 3, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return 0 }
        let fraction = Int(digits + String(repeating: "0", count: 3 - digits.utf8.count)) ?? 0
        return min(1000, (whole == "1" ? 1000 : 0) + fraction)
    }
}

extension Substring {
    /// Without spaces and tabs around it.
    fileprivate var trimmed: Substring {
        let isSpace = { (character: Character) in character == " " || character == "\t" }
        var text = drop(while: isSpace)
        while let last = text.last, isSpace(last) { text.removeLast() }
        return text
    }
}
