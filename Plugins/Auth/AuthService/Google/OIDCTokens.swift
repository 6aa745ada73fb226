import RPC

/// The answer of a token endpoint (OpenID Connect Core §3.1.3.3).
struct OIDCTokens: Sendable {
    static let maximumBytes = 64 << 10

    var idToken: String
    /// Only for `at_hash`; nobody uses it.
    var accessToken: String?

    /// Reads it; nil if it is none.
    init?(_ bytes: [UInt8]) {
        guard let members = JSONValue(parsing: bytes, maximumBytes: Self.maximumBytes)?.object,
            members["token_type"]?.string?.lowercased() == "bearer",
            let token = members["id_token"]?.string
        else { return nil }
        idToken = token
        accessToken = members["access_token"]?.string
    }

    /// The `error` of a refusal (RFC 6749 §5.2).
    static func error(_ bytes: [UInt8]) -> String? {
        JSONValue(parsing: bytes, maximumBytes: maximumBytes)?.object?["error"]?.string
    }
}
