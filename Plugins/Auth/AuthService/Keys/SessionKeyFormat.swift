import Digest
import Observe
import RPC

/// The text of a session key: a JSON Web Token (RFC 7519) signed with ES256, with claims after RFC 9068.
///
/// Its type and audience are its own, so that no other token, of ours or of Google's, passes for one.
struct SessionKeyFormat: Sendable {
    static let type = "lonja-session+jwt"
    static let audience = "lonja"
    static let algorithm = "ES256"
    static let maximumBytes = 2048

    /// The origin of the platform.
    let issuer: String
    let timing: SessionKeyTiming

    /// A token for `claims`, issued now.
    func token(_ claims: SessionKeyClaims, issuedAt: WallTime, kid: String, key: P256PrivateKey) throws -> String {
        precondition(
            TokenText.isID(claims.sessionID) && TokenText.isID(claims.userID),
            "ids of sessions and users are letters, digits, - and _"
        )
        let header = #"{"alg":"\#(Self.algorithm)","kid":"\#(kid)","typ":"\#(Self.type)"}"#
        let payload = """
            {"iss":"\(TokenText.escaped(issuer))","aud":"\(Self.audience)","sub":"\(claims.userID)",\
            "sid":"\(claims.sessionID)","iat":\(issuedAt.secondsSinceEpoch),\
            "exp":\(claims.expiresAt.secondsSinceEpoch),"auth_time":\(claims.authenticatedAt.secondsSinceEpoch),\
            "scope":"\(SessionScope.text(claims.scopes))","jti":"\(Base64URL.encode([UInt8].random(16)))"}
            """
        var text: [UInt8] = []
        text.reserveCapacity(640)
        Base64URL.append(header.utf8, to: &text)
        text.append(UInt8(ascii: "."))
        Base64URL.append(payload.utf8, to: &text)
        let signature = try key.signature(of: text)
        text.append(UInt8(ascii: "."))
        Base64URL.append(signature, to: &text)
        return String(decoding: text, as: UTF8.self)
    }

    /// The name of the key of a token; all that can be said of a header without a key is checked.
    /// - Throws: `wrongAlgorithm`, `wrongType`, `unknownKey`.
    func kid(of token: CompactJWS) throws(TokenError) -> String {
        guard case .string(Self.algorithm) = token.header["alg"] else { throw .wrongAlgorithm }
        guard case .string(Self.type) = token.header["typ"] else { throw .wrongType }
        guard let kid = token.header["kid"]?.string, KeyRecord.isName(kid) else { throw .unknownKey }
        guard token.header.count == 3 else { throw .forbiddenHeader }
        return kid
    }

    /// What a token says whose signature is valid.
    /// - Throws: `wrongIssuer`, `wrongAudience`, `missingClaim`, `expired`, `notYetValid`.
    func claims(of token: CompactJWS, at now: WallTime) throws(TokenError) -> SessionKeyClaims {
        let claims = token.claims
        guard let found = claims["iss"]?.string, found.isSameSecret(as: issuer) else { throw .wrongIssuer }
        guard case .string(Self.audience) = claims["aud"] else { throw .wrongAudience }
        guard let user = claims["sub"]?.string, TokenText.isID(user),
            let session = claims["sid"]?.string, TokenText.isID(session),
            let jti = claims["jti"]?.string, !jti.isEmpty,
            let scopes = claims["scope"]?.string.flatMap(SessionScope.read),
            let issued = claims["iat"]?.seconds.map({ WallTime(secondsSinceEpoch: $0) }),
            let expires = claims["exp"]?.seconds.map({ WallTime(secondsSinceEpoch: $0) }),
            let authenticated = claims["auth_time"]?.seconds.map({ WallTime(secondsSinceEpoch: $0) })
        else { throw .missingClaim }
        guard expires <= issued.advanced(by: timing.life) else { throw .missingClaim }
        guard issued <= now.advanced(by: timing.skew) else { throw .notYetValid }
        let result = SessionKeyClaims(
            sessionID: session,
            userID: user,
            authenticatedAt: authenticated,
            expiresAt: expires,
            scopes: scopes
        )
        try check(result, at: now)
        return result
    }

    /// - Throws: `expired`.
    func check(_ claims: SessionKeyClaims, at now: WallTime) throws(TokenError) {
        guard now < claims.expiresAt.advanced(by: timing.skew) else { throw .expired }
    }
}
