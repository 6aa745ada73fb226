import Contracts
import Money
import Observe
import Plugin
import SwiftProtobuf

extension MarketQuote {
    init(
        _ quote: SourceQuote,
        name: String,
        previousClose: ExactDecimal?,
        change: PriceChange?,
        label: SourceLabel,
        now: WallTime
    ) {
        self.init()
        symbol = quote.symbol
        self.name = name
        price = LonjaMoney(quote.price, quote.currency)
        if let previousClose { self.previousClose = LonjaMoney(previousClose, quote.currency) }
        if let change {
            self.change = change.change.description
            changePercent = change.fraction.description
        }
        if let open = quote.open, let high = quote.high, let low = quote.low {
            day.open = open.description
            day.high = high.description
            day.low = low.description
            day.volume = Int64(quote.volume ?? 0)
        }
        replayed = label.isReplayed
        // A replayed price is the price of our now; the moment it was recorded at stands beside it.
        asOf = Google_Protobuf_Timestamp(replayed ? now : quote.asOf)
        if replayed { replayedTime = Google_Protobuf_Timestamp(quote.asOf) }
        delaySeconds = Int32(clamping: quote.delaySeconds)
        source = label.name
        stale = Staleness.begins(quote, label.timeliness).map { $0 <= now } ?? false
        fallback = label.isFallback
        session = quote.session == .open ? .open : .closed
        synthetic = quote.origin == .synthetic
    }
}

extension Google_Protobuf_Timestamp {
    /// Cut to milliseconds: what JSON shows.
    init(_ time: WallTime) {
        self.init(seconds: time.secondsSinceEpoch, nanos: Int32(time.nanosecondsOfSecond / 1_000_000 * 1_000_000))
    }
}
