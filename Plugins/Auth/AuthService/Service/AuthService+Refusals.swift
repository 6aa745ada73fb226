import RPC

/// What callers are told. One refusal for all that could tell apart who has an account.
extension RPCError {
    static let noSession = RPCError(.unauthenticated, "there is no such session", reason: "no-session")
    static let wrongCredentials = RPCError(
        .unauthenticated,
        "the address or the password is wrong",
        reason: "wrong-credentials"
    )
    static let wrongPassword = RPCError(.unauthenticated, "the password is wrong", reason: "wrong-password")
    static let emailUnverified = RPCError(
        .failedPrecondition,
        "the address has to be verified first",
        reason: "email-unverified"
    )
    static let invalidCode = RPCError(
        .failedPrecondition,
        "the code or link is wrong, too old, or was used before",
        reason: "invalid-code"
    )
    static let emailTaken = RPCError(.alreadyExists, "another account has this address", reason: "email-taken")
    static let changedMeanwhile = RPCError(
        .unavailable,
        "the account has just been changed; try again",
        reason: "changed-meanwhile",
        retryAfter: .seconds(1)
    )
    static let googleOff = RPCError(.unimplemented, "login with Google is not set up", reason: "google-off")
    static let invalidTicket = RPCError(
        .failedPrecondition,
        "the login with Google is too old; begin again",
        reason: "invalid-ticket"
    )

    static func tooManyAttempts(_ wait: Duration) -> RPCError {
        RPCError(.resourceExhausted, "too many attempts", reason: "too-many-attempts", retryAfter: wait)
    }
}
