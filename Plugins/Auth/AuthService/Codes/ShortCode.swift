import Digest

/// A code that people type in: 8 symbols of 32, 40 bits, shown as `ABCD-EFGH`. The symbols leave out 0, 1, I and O,
/// which look like others; case does not matter.
struct ShortCode: Sendable, Equatable {
    private static let symbols = Array("23456789ABCDEFGHJKLMNPQRSTUVWXYZ".utf8)
    private static let count = 8

    /// Without the hyphen, in upper case.
    let symbols: String

    /// A new random one.
    static func random() -> ShortCode {
        // 32 divides 256, so that each symbol is as likely as the others.
        ShortCode(symbols: String(decoding: [UInt8].random(count).map { symbols[Int($0 & 31)] }, as: UTF8.self))
    }

    private init(symbols: String) { self.symbols = symbols }

    /// Reads what somebody typed in, with or without hyphens and spaces; nil for what can be no code.
    init?(typed text: String) {
        guard text.utf8.count <= 32 else { return nil }
        var read: [UInt8] = []
        for character in text.utf8 {
            switch character {
            case UInt8(ascii: "-"), UInt8(ascii: " "): continue
            case UInt8(ascii: "a")...UInt8(ascii: "z"): read.append(character - 32)
            default: read.append(character)
            }
        }
        guard read.count == Self.count, read.allSatisfy(Self.symbols.contains) else { return nil }
        symbols = String(decoding: read, as: UTF8.self)
    }

    /// `ABCD-EFGH`
    var shown: String { "\(symbols.prefix(4))-\(symbols.suffix(4))" }
}
