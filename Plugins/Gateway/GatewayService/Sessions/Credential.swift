import HTTP
import RPC

/// What a request shows to say whose it is.
enum Credential: Sendable, Equatable {
    /// Nothing.
    case none
    /// The session cookie.
    case cookie(String)
    /// A session key; no other site can make a browser send one.
    case bearer(String)
    /// The cookie twice, two fields, another scheme, or what cannot be a token: nobody can say what is meant.
    case refused

    /// Reads the `authorization` field, else the cookie called `cookie`.
    static func read(_ fields: HTTPFields, cookie: String) -> Credential {
        guard !fields.contains("authorization") else {
            let authorizations = fields.values(for: "authorization")
            guard authorizations.count == 1, let key = bearer(authorizations[0]), isToken(key) else { return .refused }
            return .bearer(key)
        }
        switch RequestCookies.occurrence(of: cookie, in: fields) {
        case .none: return .none
        case .once(let token): return isToken(token) ? .cookie(token) : .refused
        case .repeated: return .refused
        }
    }

    /// What the request is verified by; nil where there is nothing.
    var token: String? {
        switch self {
        case .cookie(let token), .bearer(let token): token
        case .none, .refused: nil
        }
    }

    /// RFC 6750 §2.1; the scheme in any case.
    private static func bearer(_ value: String) -> String? {
        let parts = value.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0].lowercased() == "bearer" else { return nil }
        return String(parts[1])
    }

    /// Base64url and dots, which is all that cookies and keys of ours are made of.
    private static func isToken(_ text: String) -> Bool {
        var text = text
        return text.withUTF8 { bytes in
            // All are looked at in any case, which processors do many at a time.
            var wrong: UInt8 = 0
            for byte in bytes {
                let isLetter = (byte | 0x20) &- 0x61 < 26
                wrong |= isLetter || byte &- 0x30 < 10 || byte == 0x2d || byte == 0x2e || byte == 0x5f ? 0 : 1
            }
            return wrong == 0 && (1...4096).contains(bytes.count)
        }
    }
}
