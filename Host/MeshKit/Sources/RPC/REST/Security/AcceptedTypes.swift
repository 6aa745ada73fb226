internal import HTTP

/// The media types that a request accepts (RFC 9110 §12.5.1). A value.
struct AcceptedTypes {
    private struct Range {
        let type: String
        let subtype: String
        let isRefused: Bool

        /// How closely it names `type`; nil where it does not.
        func match(_ type: String, _ subtype: String) -> Int? {
            if self.type == "*" { return 0 }
            guard self.type == type else { return nil }
            if self.subtype == "*" { return 1 }
            return self.subtype == subtype ? 2 : nil
        }
    }

    private var ranges: [Range] = []

    /// Reads `accept`; what cannot be read of it is passed over.
    init(_ fields: HTTPFields) {
        ranges = fields.values(for: "accept").flatMap { $0.split(separator: ",").compactMap(Self.range) }
    }

    /// Whether one of the types is accepted; everything is where nothing is said, and nothing cannot be refused.
    func includes(anyOf types: [String]) -> Bool {
        ranges.isEmpty || types.isEmpty || types.contains(where: includes)
    }

    private func includes(_ type: String) -> Bool {
        let parts = type.split(separator: "/").map(String.init)
        guard parts.count == 2 else { return true }
        let matches = ranges.compactMap { range in range.match(parts[0], parts[1]).map { ($0, range.isRefused) } }
        guard let closest = matches.map(\.0).max() else { return false }
        return matches.contains { $0 == closest && !$1 }
    }

    /// "type/subtype;q=0.5": other parameters are passed over.
    private static func range(_ text: Substring) -> Range? {
        let parts = text.split(separator: ";").map { $0.filter { $0 != " " && $0 != "\t" }.lowercased() }
        let names = parts.first?.split(separator: "/", omittingEmptySubsequences: false).map(String.init) ?? []
        guard names.count == 2, !names.contains(""), names[0] != "*" || names[1] == "*" else { return nil }
        let weight = parts.dropFirst().first { $0.hasPrefix("q=") }.map { Double($0.dropFirst(2)) ?? 1 } ?? 1
        return Range(type: names[0], subtype: names[1], isRefused: weight <= 0)
    }
}
