/// Why a token is refused. Nothing of the token is in it.
enum TokenError: String, Error, Sendable, CustomStringConvertible {
    /// Not three parts, not canonical base64url, not JSON, a member twice, too long.
    case malformed
    /// A member of the header that chooses a key or asks for more than is done here.
    case forbiddenHeader
    case wrongAlgorithm
    case wrongType
    /// The header names no key, or none that is known.
    case unknownKey
    case badSignature
    case wrongIssuer
    case wrongAudience
    case expired
    /// Issued at a time that has not come.
    case notYetValid
    case wrongNonce
    case wrongAccessTokenHash
    /// A claim that must be there is missing or is of another kind.
    case missingClaim
    case emailUnverified

    var description: String { rawValue }
}
