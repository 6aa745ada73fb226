/// Quoted-printable (RFC 2045 §6.7): lines of at most 76 characters of ASCII, whatever the text.
enum QuotedPrintable {
    private static let hex = Array("0123456789ABCDEF".utf8)

    /// Encodes text whose lines end with CR LF, and whose last line does.
    static func encode(_ text: [UInt8]) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(text.count + text.count / 8)
        var column = 0
        var index = 0
        while index < text.count {
            let byte = text[index]
            if byte == 0x0D, index + 1 < text.count, text[index + 1] == 0x0A {
                output += [0x0D, 0x0A]
                column = 0
                index += 2
                continue
            }
            let endsLine = index + 1 == text.count || text[index + 1] == 0x0D
            let width = isPlain(byte, endsLine: endsLine, startsLine: column == 0) ? 1 : 3
            // The 76th column is the soft break's.
            if column + width > 75 {
                output += [UInt8(ascii: "="), 0x0D, 0x0A]
                column = 0
                continue
            }
            if width == 1 {
                output.append(byte)
            } else {
                output += [UInt8(ascii: "="), hex[Int(byte >> 4)], hex[Int(byte & 15)]]
            }
            column += width
            index += 1
        }
        return output
    }

    /// A dot that begins a line is encoded too, for whoever forgets to double it, and so is "From", which some change.
    private static func isPlain(_ byte: UInt8, endsLine: Bool, startsLine: Bool) -> Bool {
        switch byte {
        case 0x20, 0x09: !endsLine
        case UInt8(ascii: "="): false
        case UInt8(ascii: "."), UInt8(ascii: "F"): !startsLine
        default: (0x21...0x7E).contains(byte)
        }
    }
}
