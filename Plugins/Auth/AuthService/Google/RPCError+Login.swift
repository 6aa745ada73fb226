import RPC

/// How a login at an issuer is refused. Each has its reason, and none says more than that.
extension RPCError {
    /// No flow of this cookie: it is older than ten minutes, was used before, or never was.
    static var loginFlowExpired: RPCError {
        RPCError(.invalidArgument, "the login took too long or was finished before", reason: "login-flow-expired")
    }
    /// The answer belongs to another flow than the cookie.
    static var loginStateMismatch: RPCError {
        RPCError(.invalidArgument, "the answer does not belong to this login", reason: "login-state-mismatch")
    }
    /// The answer is another issuer's (RFC 9207).
    static var loginIssuerMismatch: RPCError {
        RPCError(.invalidArgument, "the answer is not from the issuer that was asked", reason: "login-issuer-mismatch")
    }
    /// Whoever was asked said no.
    static var loginDenied: RPCError {
        RPCError(.invalidArgument, "the login was not allowed", reason: "login-denied")
    }
    /// The issuer reports another error, or its answer has no code.
    static var loginFailed: RPCError {
        RPCError(.invalidArgument, "the issuer reports an error", reason: "login-failed")
    }
    /// The issuer does not take the code.
    static var loginCodeRefused: RPCError {
        RPCError(.invalidArgument, "the issuer does not accept its code", reason: "login-code-refused")
    }
    /// The ID token does not hold.
    static var loginTokenRefused: RPCError {
        RPCError(.invalidArgument, "the issuer's token does not hold", reason: "login-token-refused")
    }
    /// The issuer does not vouch for the address.
    static var loginEmailUnverified: RPCError {
        RPCError(.invalidArgument, "the address is not verified at the issuer", reason: "login-email-unverified")
    }
    /// The issuer cannot be reached, or does not do what it should.
    static var loginProviderUnavailable: RPCError {
        RPCError(.unavailable, "the issuer is not available", reason: "login-provider-unavailable")
    }
}
