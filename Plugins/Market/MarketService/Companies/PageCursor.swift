import RPC

/// Where the next page of a list by symbol begins: after a symbol. Opaque for callers, stable when companies are added.
struct PageCursor: Hashable {
    /// The last symbol of the page before.
    let after: String

    init(after: String) { self.after = after }

    /// Reads what `text` wrote.
    /// - Throws: INVALID_ARGUMENT that names the field `cursor`.
    init(parsing text: String) throws(RPCError) {
        let digits = Array(text.utf8)
        var bytes: [UInt8] = []
        guard digits.count % 2 == 0, digits.count <= 64 else { throw Self.refusal }
        for index in stride(from: 0, to: digits.count, by: 2) {
            guard let high = Self.digit(digits[index]), let low = Self.digit(digits[index + 1]) else {
                throw Self.refusal
            }
            bytes.append(high << 4 | low)
        }
        guard bytes.first == 0x31, let symbol = String(validating: bytes.dropFirst(), as: UTF8.self),
            SymbolSyntax.isSymbol(symbol)
        else { throw Self.refusal }
        after = symbol
    }

    /// A version and the symbol, in hexadecimal.
    var text: String {
        let digits = Array("0123456789abcdef".utf8)
        let bytes = [UInt8(0x31)] + Array(after.utf8)
        return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }

    private static var refusal: RPCError { .field("cursor", "invalid", "must be the nextCursor of the page before") }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x61...0x66: byte - 0x57
        default: nil
        }
    }
}
