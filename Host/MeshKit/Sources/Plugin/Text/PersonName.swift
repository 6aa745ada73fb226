public import RPC

/// A given or a family name: 1 to 100 characters (Unicode scalars) in NFC, without anything that cannot be seen or that
/// changes the direction of what stands beside it.
public enum PersonName {
    /// The most Unicode scalars of a name.
    public static let mostCharacters = 100

    /// The name as it is kept: composed, without blanks around it.
    /// - Throws: INVALID_ARGUMENT that names the field.
    public static func checked(_ typed: String, field: String) throws(RPCError) -> String {
        guard typed.utf8.count <= 4 * mostCharacters + 64 else { throw tooLong(field) }
        let name = trimmed(typed.unicodeScalars[...]).composed
        guard !name.isEmpty else { throw .field(field, "required", "must not be empty") }
        guard name.unicodeScalars.count <= mostCharacters else { throw tooLong(field) }
        guard name.unicodeScalars.allSatisfy(isVisible) else {
            throw .field(field, "invalid", "must not have control characters or marks of direction")
        }
        return name
    }

    private static func tooLong(_ field: String) -> RPCError {
        .field(field, "too-long", "must have at most \(mostCharacters) characters")
    }

    /// What is left of a name that an issuer of identities sent: what must not be in it is left out. May be empty.
    public static func cleaned(_ text: String) -> String {
        let visible = String.UnicodeScalarView(text.unicodeScalars.prefix(10 * mostCharacters).filter(isVisible))
        let name = trimmed(visible[...]).composed
        return trimmed(name.unicodeScalars.prefix(mostCharacters))
    }

    /// Format characters are out (directions, tags, the byte order mark) but for the two joiners that some scripts
    /// need.
    private static func isVisible(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator: false
        case .format: scalar.value == 0x200C || scalar.value == 0x200D
        default: true
        }
    }

    private static func trimmed(_ text: Substring.UnicodeScalarView) -> String {
        var text = text
        while let first = text.first, first.properties.isWhitespace { text.removeFirst() }
        while let last = text.last, last.properties.isWhitespace { text.removeLast() }
        return String(text)
    }
}
