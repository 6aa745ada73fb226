import Money
import Observe
import Plugin

/// No price is shown before it is a quarter of an hour old, whatever the source gives.
enum DelayRule {
    /// The youngest age of a price.
    static let delay = Duration.seconds(900)

    /// Whether prices of a source have to be held back. A replay is old anyway; a source that is late by contract is.
    static func applies(to timeliness: QuoteCapabilities.Timeliness) -> Bool {
        switch timeliness {
        case .realtime, .endOfDay: true
        case .delayed(let seconds): Duration.seconds(seconds) < delay
        case .replayed: false
        }
    }

    /// The newest of what may be shown at `now`; nil if there is nothing.
    ///
    /// Either what was observed a quarter of an hour ago; or, of what was observed now, a price that was made then or
    /// before, without what is younger than it; or the close of the trading day before.
    static func shown(
        _ observed: SourceQuote,
        earlier: SourcedQuote?,
        calendar: NYSECalendar,
        now: WallTime
    ) -> SourceQuote? {
        let seconds = max(observed.delaySeconds, Int(delay / .seconds(1)))
        let own = observed.asOf.duration(to: now) >= delay ? observed : nil
        if let earlier = earlier?.quote, own.map({ $0.asOf <= earlier.asOf }) ?? true {
            return earlier.shown(delaySeconds: seconds)
        }
        if let own {
            // When the day has been over for so long, what it was is as old as the price.
            let isOver =
                calendar.clock(at: now)?.session == .closed
                && calendar.lastEnded(at: now).map { $0.close.duration(to: now) >= delay } ?? false
            return own.priceAlone(delaySeconds: seconds, withDay: isOver)
        }
        return closeBefore(observed, calendar: calendar, delaySeconds: seconds, now: now)
    }

    /// The close of the day before that of the quote.
    private static func closeBefore(
        _ quote: SourceQuote,
        calendar: NYSECalendar,
        delaySeconds: Int,
        now: WallTime
    ) -> SourceQuote? {
        guard let close = quote.previousClose, close > .zero, let day = NewYorkTime.local(quote.asOf)?.day,
            let ended = calendar.lastEnded(at: NewYorkTime.moment(day, seconds: 0)),
            ended.close.duration(to: now) >= delay
        else { return nil }
        return SourceQuote(
            symbol: quote.symbol,
            price: close,
            currency: quote.currency,
            asOf: ended.close,
            delaySeconds: delaySeconds,
            session: .closed,
            origin: quote.origin
        )
    }
}

extension SourceQuote {
    /// As it is, but for how late it is.
    fileprivate func shown(delaySeconds: Int) -> SourceQuote {
        SourceQuote(
            symbol: symbol,
            price: price,
            currency: currency,
            asOf: asOf,
            delaySeconds: delaySeconds,
            session: session,
            origin: origin,
            previousClose: previousClose,
            open: open,
            high: high,
            low: low,
            volume: volume,
            bid: bid,
            ask: ask
        )
    }

    /// Without what may have changed since the price was made: bid and ask, and the day unless it is over.
    fileprivate func priceAlone(delaySeconds: Int, withDay: Bool) -> SourceQuote {
        SourceQuote(
            symbol: symbol,
            price: price,
            currency: currency,
            asOf: asOf,
            delaySeconds: delaySeconds,
            session: session,
            origin: origin,
            previousClose: previousClose,
            open: withDay ? open : nil,
            high: withDay ? high : nil,
            low: withDay ? low : nil,
            volume: withDay ? volume : nil
        )
    }
}
