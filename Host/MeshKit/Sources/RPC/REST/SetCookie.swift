/// A cookie that an answer sets (RFC 6265 §4.1). Never with a Domain: it goes back to this host alone.
public struct SetCookie: Sendable, Hashable {
    /// When a browser sends it along with what another site began.
    public enum SameSite: String, Sendable {
        /// Never.
        case strict = "Strict"
        /// When the user follows a link.
        case lax = "Lax"
        /// Always; needs `isSecure`.
        case none = "None"
    }

    /// A token.
    public let name: String
    /// Cookie octets.
    public let value: String
    /// How long it lasts; nil for as long as the browser's session, 0 to remove it.
    public var maxAge: Duration?
    /// What paths it is sent for.
    public var path = "/"
    /// Whether it is sent over https alone.
    public var isSecure = true
    /// Whether scripts are kept from it.
    public var isHTTPOnly = true
    /// When it is sent along with what another site began.
    public var sameSite = SameSite.lax

    /// - Returns: nil for a name or a value that cannot stand in a cookie, or for both together being over 4,096 bytes,
    ///   which browsers drop.
    public init?(_ name: String, _ value: String, maxAge: Duration? = nil) {
        guard !name.isEmpty, name.utf8.allSatisfy(Self.isToken), value.utf8.allSatisfy(Self.isOctet),
            name.utf8.count + value.utf8.count <= 4096
        else { return nil }
        self.name = name
        self.value = value
        self.maxAge = maxAge
    }

    /// The value of the `set-cookie` field.
    public var field: String {
        var text = "\(name)=\(value)"
        if let maxAge { text += "; Max-Age=\(max(0, maxAge.components.seconds))" }
        text += "; Path=\(path)"
        if isSecure { text += "; Secure" }
        if isHTTPOnly { text += "; HttpOnly" }
        return text + "; SameSite=\(sameSite.rawValue)"
    }

    private static func isToken(_ byte: UInt8) -> Bool {
        (0x21...0x7e).contains(byte) && !#"()<>@,;:\"/[]?={}"#.utf8.contains(byte)
    }

    /// RFC 6265 §4.1.1: no control characters, white space, quotes, commas, semicolons or backslashes.
    private static func isOctet(_ byte: UInt8) -> Bool {
        (0x21...0x7e).contains(byte) && byte != 0x22 && byte != 0x2c && byte != 0x3b && byte != 0x5c
    }
}
