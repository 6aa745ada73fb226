import HTTP
import RPC
import Reactor

/// What answers say of limits (draft-ietf-httpapi-ratelimit-headers).
enum RateLimitFields {
    /// - Parameters:
    ///   - policy: its name.
    ///   - reset: until there is what `remaining` lacks.
    static func of(_ policy: String, _ limit: RateLimit, remaining: Int, reset: Duration) -> HTTPFields {
        let seconds = (max(0, reset.wholeNanoseconds) + 999_999_999) / 1_000_000_000
        return [
            "ratelimit-policy": "\"\(policy)\";q=\(limit.burst);w=\(limit.window)",
            "ratelimit": "\"\(policy)\";r=\(remaining);t=\(seconds)",
        ]
    }

    /// Adds them where no stricter limit has said something already.
    static func add(_ fields: HTTPFields, to answer: inout HTTPFields) {
        if !answer.contains("ratelimit") { answer.append(contentsOf: fields) }
    }
}
