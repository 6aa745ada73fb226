import Fetch
import HTTP
import Observe
import Plugin

/// What an answer means, told by its status: bodies of refusals have a code and a text, which serve people alone.
enum AlpacaVerdict {
    static let cancelled = QuoteSourceError(.cancelled, "the call was cancelled")

    static func unknown(_ symbol: String) -> QuoteSourceError {
        QuoteSourceError(.unknownSymbol, "the source has no \(symbol.prefix(20))")
    }

    static func malformed(_ what: String) -> QuoteSourceError {
        QuoteSourceError(.malformed, "Alpaca's answer \(what)")
    }

    /// What a refusal means; nil for an answer.
    /// - Parameters:
    ///   - symbol: the one that the path names; only then can 404 be about a symbol.
    ///   - asksForTape: whether the feed is `sip`; only then 422, like 403, may say that the plan is without its newest
    ///     fifteen minutes.
    static func error(
        _ response: FetchResponse,
        symbol: String?,
        asksForTape: Bool,
        now: WallTime
    ) -> QuoteSourceError? {
        let said = "Alpaca answers \(response.status)"
        switch response.status {
        case 200: return nil
        case 401: return QuoteSourceError(.notEntitled, "\(said): the keys are wrong")
        case 422 where asksForTape, 403, 451:
            return QuoteSourceError(.notEntitled, "\(said): the keys or their plan do not allow this")
        case 402:
            return QuoteSourceError(
                .quotaExhausted,
                "\(said): the plan is used up",
                retryAfter: wait(response, now)
            )
        case 404 where symbol != nil: return unknown(symbol ?? "")
        case 429:
            return QuoteSourceError(.throttled, "\(said): too many requests", retryAfter: wait(response, now))
        case 408, 500...:
            return QuoteSourceError(.upstream, said, retryAfter: response.retryAfter(now: now))
        case 300..<400, 404:
            return QuoteSourceError(.malformed, "\(said): there is no such interface at this address")
        default:
            return QuoteSourceError(.malformed, "\(said): it does not understand the request")
        }
    }

    /// What a request without an answer means.
    static func error(_ error: any Error) -> QuoteSourceError {
        guard let error = error as? FetchError else {
            return error is CancellationError ? cancelled : QuoteSourceError(.upstream, "the request failed")
        }
        return switch error.code {
        case .cancelled: cancelled
        case .bodyTooLarge, .headTooLarge, .protocolViolation: malformed("breaks the protocol: \(error.message)")
        default: QuoteSourceError(.upstream, error.message)
        }
    }

    /// That an answer was the last one before the limit is renewed, as its `x-ratelimit-` fields say; nil if it was not.
    static func exhausted(_ response: FetchResponse, now: WallTime) -> QuoteSourceError? {
        guard response.fields["x-ratelimit-remaining"] == "0", let wait = wait(response, now), wait > .zero else {
            return nil
        }
        return QuoteSourceError(.throttled, "Alpaca's limit of requests is reached", retryAfter: wait)
    }

    /// `retry-after`, or else the moment of `x-ratelimit-reset` in seconds since 1970.
    private static func wait(_ response: FetchResponse, _ now: WallTime) -> Duration? {
        if let wait = response.retryAfter(now: now) { return wait }
        guard let seconds = response.fields["x-ratelimit-reset"].flatMap({ Int64($0) }), seconds > 0 else { return nil }
        return max(.zero, now.duration(to: WallTime(secondsSinceEpoch: seconds)))
    }
}
