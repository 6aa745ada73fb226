import HTTP

/// The items of a field such as `accept-encoding` with their weights (RFC 9110 §12.4.2). A value.
struct WeightedList {
    /// One item: its name as sent, and its weight in thousandths.
    struct Item {
        let name: Substring.UTF8View
        let weight: Int

        /// Whether this is the name, in any case of ASCII letters; `lowered` is in lower case.
        func isNamed(_ lowered: StaticString) -> Bool {
            lowered.withUTF8Buffer { wanted in
                name.count == wanted.count && zip(name, wanted).allSatisfy { WeightedList.lowered($0) == $1 }
            }
        }
    }

    /// In the order they came. What cannot be read of an item's weight is no weight: the item counts in full.
    private(set) var items: [Item] = []

    /// Reads every field of a name, which is in lower case.
    init(_ name: String, of fields: HTTPFields) {
        for field in fields where field.name == name {
            for part in field.value.utf8.split(separator: UInt8(ascii: ",")) {
                if let item = Self.item(Substring(part).utf8) { items.append(item) }
            }
        }
    }

    private static func item(_ text: Substring.UTF8View) -> Item? {
        let name = trimmed(text.prefix { $0 != UInt8(ascii: ";") })
        guard !name.isEmpty else { return nil }
        var weight = 1000
        for parameter in text.split(separator: UInt8(ascii: ";")).dropFirst() {
            let parameter = trimmed(parameter)
            guard parameter.count > 2, let first = parameter.first, lowered(first) == UInt8(ascii: "q"),
                parameter.dropFirst().first == UInt8(ascii: "=")
            else { continue }
            weight = thousandths(parameter.dropFirst(2)) ?? weight
        }
        return Item(name: name, weight: weight)
    }

    /// "0.25" is 250; nil for what is no weight.
    private static func thousandths(_ text: Substring.UTF8View) -> Int? {
        guard let first = text.first, first == UInt8(ascii: "0") || first == UInt8(ascii: "1"), text.count <= 5 else {
            return nil
        }
        var value = first == UInt8(ascii: "1") ? 1000 : 0
        guard let point = text.dropFirst().first else { return value }
        guard point == UInt8(ascii: ".") else { return nil }
        var unit = 100
        for digit in text.dropFirst(2) {
            guard (0x30...0x39).contains(digit) else { return nil }
            value += Int(digit - 0x30) * unit
            unit /= 10
        }
        return value <= 1000 ? value : nil
    }

    private static func trimmed(_ text: Substring.UTF8View) -> Substring.UTF8View {
        var text = text.drop { $0 == 0x20 || $0 == 0x09 }
        while let last = text.last, last == 0x20 || last == 0x09 { text.removeLast() }
        return text
    }

    static func lowered(_ byte: UInt8) -> UInt8 { byte &- 0x41 < 26 ? byte | 0x20 : byte }
}
