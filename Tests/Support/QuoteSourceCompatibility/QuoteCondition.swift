/// A state of the world in which a quote source is used.
public enum QuoteCondition: String, Sendable, CaseIterable {
    /// Everything works.
    case normal
    /// The credentials are wrong.
    case wrongCredentials
    /// The credentials are good, and do not allow what is asked.
    case notEntitled
    /// Too many requests: come back in some seconds.
    case throttled
    /// The quota of the plan is used up.
    case exhausted
    /// The server fails.
    case broken
    /// The server takes requests, and never answers.
    case silent
    /// The answer is not of the format.
    case malformed
    /// The answer is of the format, and not what was asked for.
    case shapeless
    /// The connection ends in the middle of the answer.
    case truncated
    /// Another server is at the address: it knows nothing.
    case foreign
    /// Nobody is at the address.
    case unreachable
}
