import Plugin
import RPC

extension RPCError {
    /// What a caller is told when the quote source has no answer.
    init(source error: QuoteSourceError) {
        switch error.code {
        case .unknownSymbol: self.init(.notFound, error.message)
        case .notEntitled: self.init(.failedPrecondition, error.message, reason: "not-entitled")
        case .unsupported: self.init(.unimplemented, error.message)
        case .cancelled: self.init(.cancelled, error.message)
        case .throttled, .quotaExhausted:
            self.init(.unavailable, error.message, reason: "throttled", retryAfter: error.retryAfter ?? .seconds(1))
        case .stale: self.init(.unavailable, error.message, reason: "no-price-yet", retryAfter: .seconds(900))
        default: self.init(.unavailable, error.message)
        }
    }
}

extension QuoteSourceError {
    /// The stable code in `missing`.
    var problem: String {
        switch code {
        case .unknownSymbol: "unknown-symbol"
        case .notEntitled: "not-entitled"
        case .throttled, .quotaExhausted: "throttled"
        case .stale: "no-price-yet"
        default: "unavailable"
        }
    }
}
