/// Cleans text before it becomes part of a mail.
enum MailText {
    /// Text for one line of a header: nothing that ends a line, moves the cursor or turns the direction of writing; runs of
    /// white space are one space.
    /// - Parameter limit: characters; what is longer is cut.
    static func line(_ text: String, limit: Int) -> String {
        var result = ""
        var count = 0
        var needsSpace = false
        for character in text {
            let cleaned = String(String.UnicodeScalarView(character.unicodeScalars.filter(isVisible)))
            guard !cleaned.isEmpty, !character.isWhitespace else {
                // What only directs the writing leaves no gap.
                let isGap = character.unicodeScalars.contains { $0.properties.generalCategory != .format }
                if isGap { needsSpace = count > 0 }
                continue
            }
            guard count + (needsSpace ? 2 : 1) <= limit else { break }
            if needsSpace {
                result += " "
                count += 1
                needsSpace = false
            }
            result += cleaned
            count += 1
        }
        return result
    }

    /// Text of a body: every kind of line end is CR LF, other control characters but the tabulator are gone.
    static func body(_ text: String) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(text.utf8.count + 64)
        var previous: Unicode.Scalar = " "
        for scalar in text.unicodeScalars {
            defer { previous = scalar }
            switch scalar {
            case "\n" where previous == "\r": continue
            case "\r", "\n", "\u{85}", "\u{2028}", "\u{2029}": result += [0x0D, 0x0A]
            case "\t": result.append(0x09)
            case _ where scalar.properties.generalCategory == .control: continue
            default: result.append(contentsOf: Array(String(scalar).utf8))
            }
        }
        if !result.isEmpty, result.last != 0x0A { result += [0x0D, 0x0A] }
        return result
    }

    /// Whether a character can be seen, or joins ones that can.
    static func isVisible(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator, .surrogate, .unassigned, .privateUse: false
        case .format: scalar == "\u{200C}" || scalar == "\u{200D}"
        case .spaceSeparator: scalar == " " || scalar == "\u{A0}"
        default: true
        }
    }

    /// RFC 5322 §3.2.3 atext.
    static func isAtomText(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        default: "!#$%&'*+-/=?^_`{|}~".utf8.contains(byte)
        }
    }
}
