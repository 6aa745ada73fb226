/// A page of ours that a login leads to: a path of printable ASCII that no browser takes for another place.
public struct LocalPath: Sendable, Equatable {
    /// The path, with its query.
    public let text: String
    /// The front page.
    public static let home = LocalPath(checked: "/")

    private init(checked text: String) { self.text = text }

    /// Reads a path; the front page for what is none of ours.
    public init(_ typed: String) {
        self = Self.isOurs(Array(typed.utf8)) ? LocalPath(checked: typed) : .home
    }

    private static func isOurs(_ bytes: [UInt8]) -> Bool {
        guard (1...512).contains(bytes.count), bytes[0] == UInt8(ascii: "/") else { return false }
        let path = Array(bytes.prefix { $0 != UInt8(ascii: "?") })
        let query = Array(bytes.dropFirst(path.count + 1))
        guard let plain = decoded(path), decoded(query) != nil, !plain.contains(UInt8(ascii: "%")) else { return false }
        // Two slashes begin a host; a colon ends a scheme; an at-sign, who logs in there.
        let isPlace = zip(plain, plain.dropFirst()).contains { $0 == UInt8(ascii: "/") && $1 == UInt8(ascii: "/") }
        let steps = plain.split(separator: UInt8(ascii: "/"))
        return !isPlace && !plain.contains(UInt8(ascii: ":")) && !plain.contains(UInt8(ascii: "@"))
            && !steps.contains { $0.allSatisfy { $0 == UInt8(ascii: ".") } } && steps.first != Array("api".utf8)[...]
    }

    /// The bytes that percent signs stand for; nil if one stands for what has no place in a path, or for none.
    private static func decoded(_ bytes: [UInt8]) -> [UInt8]? {
        var plain: [UInt8] = []
        var rest = bytes[...]
        while let byte = rest.popFirst() {
            guard (0x21...0x7e).contains(byte), byte != UInt8(ascii: "\\"), byte != UInt8(ascii: "#") else {
                return nil
            }
            guard byte == UInt8(ascii: "%") else {
                plain.append(byte)
                continue
            }
            guard rest.count >= 2, let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16),
                rest.first != UInt8(ascii: "+"), value > 0x20, value != 0x7f, value != UInt8(ascii: "\\"),
                value != UInt8(ascii: "/")
            else { return nil }
            rest = rest.dropFirst(2)
            plain.append(value)
        }
        return plain
    }
}
