import Contracts
import Observe

/// A price as it is handed out. A class: one of it serves all who ask.
final class KnownPrice: Sendable {
    /// As answered while it is not stale.
    let message: MarketQuote
    let label: SourceLabel
    /// From when it is older than its source promises; nil for never.
    let staleFrom: WallTime?

    init(_ message: MarketQuote, _ label: SourceLabel, staleFrom: WallTime?) {
        self.message = message
        self.label = label
        self.staleFrom = staleFrom
    }

    /// - Parameter isKept: whether it is handed out because no source answers.
    func answer(isKept: Bool, now: WallTime) -> MarketQuote {
        guard isKept || staleFrom.map({ $0 <= now }) ?? false, !message.stale else { return message }
        var stale = message
        stale.stale = true
        return stale
    }

    /// Whether it says something else than `other`: a price that is only newer, or has more volume, does not.
    func differs(from other: KnownPrice) -> Bool {
        guard self !== other else { return false }
        return message.price != other.message.price || message.session != other.message.session
            || message.previousClose != other.message.previousClose || message.source != other.message.source
            || message.fallback != other.message.fallback
    }
}
