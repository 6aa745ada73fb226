import Fetch
import Observe
import Plugin

/// What an answer means, told by its status alone: bodies of refusals are text, HTML or JSON as it comes.
enum IEXVerdict {
    static let cancelled = QuoteSourceError(.cancelled, "the call was cancelled")

    static func unknown(_ symbol: String) -> QuoteSourceError {
        QuoteSourceError(.unknownSymbol, "the source has no \(symbol.prefix(20))")
    }

    static func malformed(_ what: String) -> QuoteSourceError {
        QuoteSourceError(.malformed, "the IEX server's answer \(what)")
    }

    static func unsupported(_ what: String) -> QuoteSourceError {
        QuoteSourceError(.unsupported, "the interface of IEX Cloud has no \(what)")
    }

    /// What a refusal means; nil for an answer.
    static func error(_ response: FetchResponse, now: WallTime) -> QuoteSourceError? {
        let said = "the IEX server answers \(response.status)"
        return switch response.status {
        case 200: nil
        case 401, 403, 451: QuoteSourceError(.notEntitled, "\(said): the token does not allow this")
        case 402:
            QuoteSourceError(
                .quotaExhausted,
                "\(said): the messages of the plan are used up",
                retryAfter: response.retryAfter(now: now)
            )
        case 404: QuoteSourceError(.unknownSymbol, "\(said): it has no such symbol")
        case 429: QuoteSourceError(.throttled, "\(said): too many requests", retryAfter: response.retryAfter(now: now))
        case 408, 500...: QuoteSourceError(.upstream, said, retryAfter: response.retryAfter(now: now))
        case 300..<400: QuoteSourceError(.malformed, "\(said): there is no such interface at this address")
        default: QuoteSourceError(.malformed, "\(said): it does not understand the request")
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
}
