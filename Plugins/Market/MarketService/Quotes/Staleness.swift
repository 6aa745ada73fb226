import Observe
import Plugin

/// Whether a price is older than its source promises.
enum Staleness {
    /// How much later than promised a price may come, in seconds.
    static let grace = 60
    /// How long the close of the last trading day is the newest price: a long weekend.
    static let weekend = 4 * 86_400

    /// - Parameter now: our time, not the source's.
    static func isStale(_ quote: SourceQuote, _ timeliness: QuoteCapabilities.Timeliness, now: WallTime) -> Bool {
        let age = Int(now.secondsSinceEpoch - quote.asOf.secondsSinceEpoch)
        switch timeliness {
        // By the replay's clock every price is new, but for companies whose bars have ended.
        case .replayed: return quote.session == .closed
        case .endOfDay: return age > weekend
        case .realtime: return age > (quote.session == .open ? grace : weekend)
        case .delayed(let seconds): return age > seconds + (quote.session == .open ? grace : weekend)
        }
    }
}
