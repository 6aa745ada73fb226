import Observe
import Plugin

/// From when a price is older than its source promises.
enum Staleness {
    /// How much later than promised a price may come, in seconds.
    static let grace = 60
    /// How long the close of the last trading day is the newest price: a long weekend.
    static let weekend = 4 * 86_400

    /// - Returns: by our time; nil for never.
    static func begins(_ quote: SourceQuote, _ timeliness: QuoteCapabilities.Timeliness) -> WallTime? {
        let allowed: Int
        switch timeliness {
        // By the replay's clock every price is new, but for companies whose bars have ended.
        case .replayed: return quote.session == .closed ? quote.asOf : nil
        case .endOfDay: allowed = weekend
        // Held back by us.
        case .realtime: allowed = Int(DelayRule.delay / .seconds(1)) + (quote.session == .open ? grace : weekend)
        case .delayed(let seconds):
            let promised = max(seconds, Int(DelayRule.delay / .seconds(1)))
            allowed = promised + (quote.session == .open ? grace : weekend)
        }
        return quote.asOf.advanced(by: .seconds(allowed))
    }
}
