import Digest
import Fetch
import RPC

/// What is used of an issuer's metadata (OpenID Connect Discovery §3).
struct OIDCMetadata: Sendable, Hashable {
    /// How the client proves itself at the token endpoint (OpenID Connect Core §9).
    enum Authentication: Sendable { case basic, post, none }

    static let maximumBytes = 64 << 10

    /// The text, as it goes into a `location`.
    var authorizationEndpoint: String
    var tokenEndpoint: FetchURL
    var keysURL: FetchURL
    var authentication: Authentication
    /// Whether every callback has an `iss` (RFC 9207 §3).
    var namesIssuer: Bool

    /// Reads the document.
    /// - Throws: `OIDCFault` for another issuer, endpoints that are not safe, or an issuer that lacks what is needed.
    init(_ bytes: [UInt8], _ configuration: OIDCConfiguration) throws(OIDCFault) {
        guard let members = JSONValue(parsing: bytes, maximumBytes: Self.maximumBytes)?.object else {
            throw OIDCFault("the metadata is no JSON object")
        }
        guard let issuer = members["issuer"]?.string, issuer.isSameSecret(as: configuration.issuer) else {
            throw OIDCFault("the metadata is of another issuer")
        }
        guard let authorization = members["authorization_endpoint"]?.string,
            configuration.endpoint(authorization) != nil, TokenText.isVisible(authorization, most: 2048),
            let token = configuration.endpoint(members["token_endpoint"]?.string),
            let keys = configuration.endpoint(members["jwks_uri"]?.string)
        else { throw OIDCFault("an endpoint is missing or is not https") }
        func lacks(_ value: String, _ name: String) -> Bool { members[name]?.strings?.contains(value) == false }
        guard !lacks("code", "response_types_supported") else { throw OIDCFault("the code flow is not offered") }
        guard !lacks("S256", "code_challenge_methods_supported") else { throw OIDCFault("PKCE S256 is not offered") }
        guard !lacks("RS256", "id_token_signing_alg_values_supported") else { throw OIDCFault("RS256 is not offered") }
        authorizationEndpoint = authorization
        tokenEndpoint = token
        keysURL = keys
        namesIssuer = members["authorization_response_iss_parameter_supported"] == .bool(true)
        // client_secret_basic is what holds when nothing is said.
        let methods = members["token_endpoint_auth_methods_supported"]?.strings ?? ["client_secret_basic"]
        if configuration.clientSecret == nil {
            authentication = .none
        } else if methods.contains("client_secret_basic") {
            authentication = .basic
        } else if methods.contains("client_secret_post") {
            authentication = .post
        } else {
            throw OIDCFault("the client secret is not accepted in a form that is known here")
        }
    }
}
