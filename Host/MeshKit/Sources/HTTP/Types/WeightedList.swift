/// Reads the items of a field such as `accept-encoding` or `accept` with their weights (RFC 9110 §12.4.2), and keeps nothing of it:
/// this is done for every request.
public enum WeightedList {
    /// One item: its name as sent, and its weight in thousandths. Valid while it is looked at.
    public struct Item {
        fileprivate let name: Slice<UnsafeBufferPointer<UInt8>>
        /// 0 refuses it, 1000 wants it most.
        public let weight: Int

        /// The name as sent, for who has to keep it.
        public var text: String { String(decoding: name, as: UTF8.self) }

        /// Whether this is the name, in any case of ASCII letters; `wanted` is in lower case.
        public func isNamed(_ wanted: StaticString) -> Bool {
            wanted.withUTF8Buffer { WeightedList.isSame(name, $0) }
        }

        /// Whether the name up to its first dash is `wanted`: "es-MX" is Spanish.
        public func begins(_ wanted: StaticString) -> Bool {
            wanted.withUTF8Buffer { WeightedList.isSame(name.prefix { $0 != UInt8(ascii: "-") }, $0) }
        }
    }

    /// Looks at every item of the fields of a name, which is in lower case, in order. An item whose weight cannot be read
    /// is passed over.
    public static func scan(_ name: String, of fields: HTTPFields, _ look: (Item) -> Void) {
        for field in fields where field.name == name {
            var value = field.value
            value.withUTF8 { bytes in
                var rest = bytes[...]
                while !rest.isEmpty {
                    let end = rest.firstIndex(of: UInt8(ascii: ",")) ?? rest.endIndex
                    if let item = item(rest[..<end]) { look(item) }
                    rest = end < rest.endIndex ? rest[(end + 1)...] : rest[end...]
                }
            }
        }
    }

    private typealias Bytes = Slice<UnsafeBufferPointer<UInt8>>

    private static func item(_ text: Bytes) -> Item? {
        let end = text.firstIndex(of: UInt8(ascii: ";")) ?? text.endIndex
        let name = trimmed(text[..<end])
        guard !name.isEmpty else { return nil }
        var weight = 1000
        var rest = text[end...]
        while !rest.isEmpty {
            rest = rest.dropFirst()
            let end = rest.firstIndex(of: UInt8(ascii: ";")) ?? rest.endIndex
            let parameter = trimmed(rest[..<end])
            rest = rest[end...]
            guard parameter.count >= 2, lowered(parameter[parameter.startIndex]) == UInt8(ascii: "q"),
                parameter[parameter.startIndex + 1] == UInt8(ascii: "=")
            else { continue }
            guard let read = thousandths(parameter.dropFirst(2)) else { return nil }
            weight = read
        }
        return Item(name: name, weight: weight)
    }

    /// "0.25" is 250; nil for what is no weight.
    private static func thousandths(_ text: Bytes) -> Int? {
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

    private static func trimmed(_ text: Bytes) -> Bytes {
        var text = text.drop { $0 == 0x20 || $0 == 0x09 }
        while let last = text.last, last == 0x20 || last == 0x09 { text.removeLast() }
        return text
    }

    private static func isSame(_ name: Bytes, _ wanted: UnsafeBufferPointer<UInt8>) -> Bool {
        name.count == wanted.count && zip(name, wanted).allSatisfy { lowered($0) == $1 }
    }

    private static func lowered(_ byte: UInt8) -> UInt8 { byte &- 0x41 < 26 ? byte | 0x20 : byte }
}
