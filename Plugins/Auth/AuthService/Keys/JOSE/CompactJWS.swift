import Digest
import RPC

/// A JSON Web Signature in compact form (RFC 7515 §7.1), taken apart strictly and not verified.
struct CompactJWS: Sendable {
    /// Members that let a token choose its own key, or ask for processing that is unknown here (RFC 7515 §4.1).
    private static let forbidden = ["jku", "jwk", "x5u", "x5c", "crit", "b64", "zip", "enc"]

    /// The members of the header.
    let header: [String: JSONValue]
    /// The members of the payload, which is an object (RFC 7519 §7.2).
    let claims: [String: JSONValue]
    /// What is signed.
    let signedBytes: [UInt8]
    let signature: [UInt8]

    /// Reads a token: three parts in canonical base64url, the first two objects without repeated members.
    /// - Throws: `malformed`, `forbiddenHeader`.
    init(_ token: String, maximumBytes: Int) throws(TokenError) {
        let bytes = Array(token.utf8)
        guard bytes.count <= maximumBytes else { throw .malformed }
        let parts = bytes.split(separator: UInt8(ascii: "."), maxSplits: 3, omittingEmptySubsequences: false)
        guard parts.count == 3,
            let head = Base64URL.decode(parts[0]),
            let body = Base64URL.decode(parts[1]),
            let signature = Base64URL.decode(parts[2]),
            let header = JSONValue(parsing: head, maximumBytes: maximumBytes)?.object,
            let claims = JSONValue(parsing: body, maximumBytes: maximumBytes)?.object
        else { throw .malformed }
        guard Self.forbidden.allSatisfy({ header[$0] == nil }) else { throw .forbiddenHeader }
        self.header = header
        self.claims = claims
        self.signature = signature
        signedBytes = Array(bytes[..<parts[1].endIndex])
    }
}
