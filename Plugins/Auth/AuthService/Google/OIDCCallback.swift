import Observe

/// What an issuer sent the browser back with (OpenID Connect Core §3.1.2.5), and the browser's own flow cookie.
struct OIDCCallback: Sendable {
    /// Of the query; empty when there is an error.
    var code: String
    /// Of the query.
    var state: String
    /// The `iss` of the query (RFC 9207); empty if there is none.
    var issuer: String
    /// The `error` of the query; empty if there is none.
    var error: String
    /// Of the flow cookie.
    var flowToken: String

    init(code: String, state: String, issuer: String = "", error: String = "", flowToken: String) {
        self.code = code
        self.state = state
        self.issuer = issuer
        self.error = error
        self.flowToken = flowToken
    }
}
