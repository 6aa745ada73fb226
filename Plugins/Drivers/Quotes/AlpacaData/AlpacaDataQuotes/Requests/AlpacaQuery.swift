import Plugin

/// Values of a query.
enum AlpacaQuery {
    /// Whether Alpaca could have a symbol; one that it could not fails the whole request there. It writes classes of shares
    /// with a dot, such as `BRK.B`, and knows no hyphen.
    static func isSymbol(_ text: String) -> Bool { SourceCompany.isSymbol(text) && !text.utf8.contains(0x2D) }

    /// Everything but letters, digits, `-`, `.`, `_`, `~` and the comma of lists as `%XX`: page tokens are base64.
    static func encoded(_ text: String) -> String {
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: bytes.append(byte)
            case _ where "-._~,".utf8.contains(byte): bytes.append(byte)
            default: bytes += [UInt8(ascii: "%"), digit(byte >> 4), digit(byte & 15)]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func digit(_ value: UInt8) -> UInt8 { value < 10 ? 0x30 + value : 0x41 + value - 10 }
}
