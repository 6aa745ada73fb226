import Plugin
import RPC

extension RPCError {
    /// What a caller is told when the quote source has no answer.
    init(source error: QuoteSourceError) {
        let code: Code =
            switch error.code {
            case .unknownSymbol: .notFound
            case .notEntitled: .failedPrecondition
            case .unsupported: .unimplemented
            case .cancelled: .cancelled
            default: .unavailable
            }
        self.init(code, error.message)
    }
}

extension QuoteSourceError {
    /// The stable code in `missing`.
    var problem: String { code == .unknownSymbol ? "unknown-symbol" : "unavailable" }
}
