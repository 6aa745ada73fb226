@_spi(_Unicode) import Swift

/// A name or a surname: 1 to 100 characters, no control characters, none that change the direction of writing, no line
/// ends.
enum PersonName {
    /// The name without blanks around it, in normal form C; nil for what is none. The standard library has that form,
    /// but does not yet give it away to everybody; Foundation would bring all of ICU into the process.
    static func checked(_ typed: String) -> String? {
        guard typed.utf8.count <= 1600 else { return nil }
        let scalars = Array(typed.unicodeScalars)
        let isBlank: (Unicode.Scalar) -> Bool = { $0.properties.isWhitespace }
        guard let first = scalars.firstIndex(where: { !isBlank($0) }),
            let last = scalars.lastIndex(where: { !isBlank($0) })
        else { return nil }
        var name = String.UnicodeScalarView()
        var part = String.UnicodeScalarView()
        part.append(contentsOf: scalars[first...last])
        name.append(contentsOf: String(part)._nfc)
        guard name.count <= 400, name.allSatisfy(isFine) else { return nil }
        let text = String(name)
        return text.count <= 100 ? text : nil
    }

    private static func isFine(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        // Also what has no glyph (format characters, of which joiners are needed in some scripts), and line ends.
        case .control, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned: false
        case .format: scalar == "\u{200C}" || scalar == "\u{200D}"
        default: true
        }
    }
}
