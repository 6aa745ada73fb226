import Digest
import Observe
import RPC

/// The checks of an ID token (OpenID Connect Core §3.1.3.7). A value without clock or keys.
struct IDTokenCheck: Sendable {
    static let maximumBytes = 16 << 10
    private static let skew = Duration.seconds(30)
    /// Google signs under two names (OpenID Connect at Google, "Validating an ID token").
    private static let googleNames = [OIDCConfiguration.google, "accounts.google.com"]

    var issuer: String
    var clientID: String
    var nonce: String
    var accessToken: String?

    /// The name of the key of a token, nil if it names none; for RS256 alone: whatever else an issuer may offer, nobody
    /// asked for it.
    /// - Throws: `wrongAlgorithm`, `wrongType`, `unknownKey`.
    func kid(of token: CompactJWS) throws(TokenError) -> String? {
        guard case .string("RS256") = token.header["alg"] else { throw .wrongAlgorithm }
        if let type = token.header["typ"] {
            guard type.string?.lowercased() == "jwt" else { throw .wrongType }
        }
        guard let name = token.header["kid"] else { return nil }
        guard let kid = name.string, TokenText.isVisible(kid, most: 256) else { throw .unknownKey }
        return kid
    }

    /// Who a token is about whose signature is valid.
    /// - Throws: `TokenError`.
    func login(of token: CompactJWS, at now: WallTime, next: String) throws(TokenError) -> OIDCLogin {
        let claims = token.claims
        try checkParties(claims)
        try checkTimes(claims, now)
        guard let found = claims["nonce"]?.string, found.isSameSecret(as: nonce) else { throw .wrongNonce }
        try checkAccessToken(claims)
        guard let subject = claims["sub"]?.string, TokenText.isVisible(subject, most: 255) else { throw .missingClaim }
        guard claims["email_verified"] == .bool(true) else { throw .emailUnverified }
        guard let email = claims["email"]?.string, (3...254).contains(email.utf8.count), email.contains("@"),
            email.unicodeScalars.allSatisfy({ $0.value > 0x20 && $0.value != 0x7f })
        else { throw .missingClaim }
        return OIDCLogin(
            issuer: issuer,
            subject: subject,
            email: email,
            emailVerified: true,
            givenName: Self.name(claims["given_name"]),
            familyName: Self.name(claims["family_name"]),
            language: claims["locale"]?.string?.lowercased().hasPrefix("es") == true ? "es" : "en",
            next: next
        )
    }

    private func checkParties(_ claims: [String: JSONValue]) throws(TokenError) {
        let names = issuer == OIDCConfiguration.google ? Self.googleNames : [issuer]
        guard let found = claims["iss"]?.string, names.contains(where: { $0.isSameSecret(as: found) }) else {
            throw .wrongIssuer
        }
        // One audience alone: a token that is for others too was not made for this login.
        let audiences = claims["aud"]?.strings ?? claims["aud"]?.string.map { [$0] } ?? []
        guard audiences.count == 1, audiences[0].isSameSecret(as: clientID) else { throw .wrongAudience }
        if let party = claims["azp"] {
            guard let party = party.string, party.isSameSecret(as: clientID) else { throw .wrongAudience }
        }
    }

    private func checkTimes(_ claims: [String: JSONValue], _ now: WallTime) throws(TokenError) {
        guard let expires = claims["exp"]?.seconds, let issued = claims["iat"]?.seconds else { throw .missingClaim }
        let latest = now.advanced(by: Self.skew)
        guard now < WallTime(secondsSinceEpoch: expires).advanced(by: Self.skew) else { throw .expired }
        guard WallTime(secondsSinceEpoch: issued) <= latest else { throw .notYetValid }
        if let start = claims["nbf"] {
            guard let start = start.seconds, WallTime(secondsSinceEpoch: start) <= latest else { throw .notYetValid }
        }
    }

    /// The left half of SHA-256 (OpenID Connect Core §3.1.3.6).
    private func checkAccessToken(_ claims: [String: JSONValue]) throws(TokenError) {
        guard let hash = claims["at_hash"] else { return }
        guard let accessToken, let hash = hash.string,
            hash.isSameSecret(as: Base64URL.encode(SHA256.hash(Array(accessToken.utf8))[..<16]))
        else { throw .wrongAccessTokenHash }
    }

    private static func name(_ claim: JSONValue?) -> String {
        guard let text = claim?.string else { return "" }
        let kept = text.unicodeScalars.filter {
            ![.control, .format, .lineSeparator].contains($0.properties.generalCategory)
        }
        return String(String.UnicodeScalarView(kept.prefix(100)))
    }
}
