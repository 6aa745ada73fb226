import Observe
import Plugin

/// Remembers what a stream has sent.
struct QuoteChanges {
    /// After so long a price is sent again though it is the same.
    static let heartbeat = Duration.seconds(15)

    private var sent: [String: (quote: SourceQuote, at: WallTime)] = [:]

    /// Whether nothing was sent yet.
    var isEmpty: Bool { sent.isEmpty }

    /// Whether the quote must be sent; if so, it counts as sent at `now`.
    mutating func isNews(_ quote: SourceQuote, at now: WallTime) -> Bool {
        if let last = sent[quote.symbol], Self.isSame(last.quote, quote), last.at.duration(to: now) < Self.heartbeat {
            return false
        }
        sent[quote.symbol] = (quote, now)
        return true
    }

    /// A price that is only newer, or has more volume, is no change.
    private static func isSame(_ left: SourceQuote, _ right: SourceQuote) -> Bool {
        left.price == right.price && left.session == right.session && left.previousClose == right.previousClose
            && left.bid == right.bid && left.ask == right.ask
    }
}
