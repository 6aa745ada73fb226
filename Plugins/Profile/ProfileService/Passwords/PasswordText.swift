import Plugin

/// A password as it is hashed: the bytes of what the profile OpaqueString of RFC 8265 makes of a text. Other spaces become
/// U+0020, the rest is normalised to NFC, case stays, nothing is cut off. (The reference asks for NFKC; RFC 8265 chose NFC
/// because it loses nothing, and it is what the standard library has.)
///
/// How long and how good a password must be is for auth to say, which also knows the words it must not be.
struct PasswordText: Sendable {
    /// Bytes of UTF-8; far more than the 128 characters that auth lets through.
    static let mostBytes = 1024

    let bytes: [UInt8]

    /// Nil for a text that no account can have as its password: empty, too long, or with control characters.
    init?(_ text: String) {
        guard !text.isEmpty, text.utf8.count <= Self.mostBytes else { return nil }
        var spaced = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar.properties.generalCategory {
            case .control: return nil
            case .spaceSeparator: spaced.append(" ")
            default: spaced.append(scalar)
            }
        }
        bytes = Array(String(spaced).composed.utf8)
    }
}
