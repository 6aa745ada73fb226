import Digest
import RPC

/// The keys that an issuer signs ID tokens with (RFC 7517): of its set, those that serve for RS256.
struct OIDCKeySet: Sendable {
    static let maximumBytes = 256 << 10
    private static let maximumKeys = 100

    /// By name, looked up exactly.
    private let named: [String: RSAPublicKey]
    /// The key of a set that has no other, of whatever kind.
    private let only: RSAPublicKey?

    /// Reads a set. Keys of other kinds, or for other uses, are left out.
    /// - Throws: `OIDCFault` for what is no set, and for one with two keys of one name, as either might be meant.
    init(_ bytes: [UInt8]) throws(OIDCFault) {
        guard let items = JSONValue(parsing: bytes, maximumBytes: Self.maximumBytes)?.object?["keys"]?.array,
            items.count <= Self.maximumKeys
        else { throw OIDCFault("the key set is none") }
        var named: [String: RSAPublicKey] = [:]
        for item in items {
            guard let kid = item.object?["kid"]?.string, TokenText.isVisible(kid, most: 256),
                let key = Self.key(item)
            else { continue }
            guard named.updateValue(key, forKey: kid) == nil else { throw OIDCFault("the key set has a name twice") }
        }
        self.named = named
        only = items.count == 1 ? Self.key(items[0]) : nil
    }

    /// The key of a name. A token may leave the name out only if the set has one single key (OpenID Connect Core §10.1),
    /// and the configuration lets it.
    subscript(kid: String?) -> RSAPublicKey? {
        guard let kid else { return only }
        return named[kid]
    }

    private static func key(_ item: JSONValue) -> RSAPublicKey? {
        guard let members = item.object, members["kty"] == .string("RSA"),
            [nil, .string("sig")].contains(members["use"]), [nil, .string("RS256")].contains(members["alg"]),
            let modulus = members["n"]?.string.flatMap({ Base64URL.decode($0) }),
            let exponent = members["e"]?.string.flatMap({ Base64URL.decode($0) })
        else { return nil }
        return RSAPublicKey(modulus: modulus, exponent: exponent)
    }
}
