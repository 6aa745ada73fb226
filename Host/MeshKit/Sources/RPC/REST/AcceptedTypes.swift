public import HTTP

/// The media types that a request accepts (RFC 9110 §12.5.1). A value.
public struct AcceptedTypes: Sendable {
    private struct Range {
        let type: String
        let subtype: String
        /// In thousandths; 0 refuses.
        let weight: Int

        /// Nil for what names no types; parameters beside the weight are passed over.
        init?(_ item: WeightedList.Item) {
            let names = item.text.lowercased().split(separator: "/", omittingEmptySubsequences: false).map(String.init)
            guard names.count == 2, !names.contains(""), names[0] != "*" || names[1] == "*" else { return nil }
            type = names[0]
            subtype = names[1]
            weight = item.weight
        }

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
    public init(_ fields: HTTPFields) {
        WeightedList.scan("accept", of: fields) { item in
            if let range = Range(item) { ranges.append(range) }
        }
    }

    /// Whether a request accepts one of the types. What most say needs no reading: nothing, anything, or just the type.
    static func of(_ fields: HTTPFields, include types: [String]) -> Bool {
        let values = fields.values(for: "accept")
        guard let only = values.first else { return true }
        if values.count == 1, only == "*/*" || types.contains(only) { return true }
        return AcceptedTypes(fields).includes(anyOf: types)
    }

    /// Whether the first type is wanted more than the second, which is what who says nothing gets.
    public func prefers(_ first: String, over second: String) -> Bool {
        (weight(of: first) ?? 0) > (weight(of: second) ?? 0)
    }

    /// Whether one of the types is accepted; everything is where nothing is said, and nothing cannot be refused.
    func includes(anyOf types: [String]) -> Bool {
        ranges.isEmpty || types.isEmpty || types.contains { (weight(of: $0) ?? 0) > 0 }
    }

    /// Of the ranges that name the type most closely, the largest weight; nil where none names it.
    private func weight(of type: String) -> Int? {
        let parts = type.split(separator: "/").map(String.init)
        guard parts.count == 2 else { return nil }
        let matches = ranges.compactMap { range in range.match(parts[0], parts[1]).map { ($0, range.weight) } }
        guard let closest = matches.map(\.0).max() else { return nil }
        return matches.filter { $0.0 == closest }.map(\.1).max()
    }
}
