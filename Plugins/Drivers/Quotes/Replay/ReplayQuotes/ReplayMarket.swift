import Money
import Observe
import Plugin
import Synchronization

/// The companies and the clock of a replay: everything that an answer depends on, but for the moment.
struct ReplayMarket: Sendable {
    let catalogue: Catalogue
    let clock: ReplayClock
    private let paths: PathCache

    init(_ catalogue: Catalogue, _ settings: ReplaySettings) throws(ReplaySettings.Invalid) {
        self.catalogue = catalogue
        paths = PathCache(seed: settings.seed)
        let clock = ReplayClock(
            days: catalogue.days,
            start: settings.start,
            pace: settings.pace,
            epoch: settings.epoch
        )
        guard let clock else {
            throw ReplaySettings.Invalid(
                description:
                    "market.replay.start is \(settings.start); it must be after the first and not after the last bar"
            )
        }
        self.clock = clock
    }

    /// The company, if it is listed at the moment.
    func company(_ symbol: String, at moment: ReplayClock.Moment) throws(QuoteSourceError) -> ReplayCompany {
        guard let company = catalogue.company(symbol), company.firstDay <= clock.days[moment.index] else {
            throw QuoteSourceError(.unknownSymbol, "no company \(symbol) is listed")
        }
        return company
    }

    func quote(_ symbol: String, at moment: ReplayClock.Moment) throws(QuoteSourceError) -> SourceQuote {
        let company = try company(symbol, at: moment)
        let bars = try bars(of: company)
        let today = clock.days[moment.index]
        let index = bars.firstIndex(from: today)
        let trades = index < bars.count && bars[index].day == today
        let position = trades ? index : index - 1
        let bar = bars[position]
        // Without a bar today the newest price is the close of the last day that had one.
        let minute = trades ? moment.second / 60 : DayPath.minutes
        let path = paths.path(symbol, bar)
        let range = path.range(through: minute)
        guard let day = CalendarDate(daysSinceEpoch: Int(bar.day)) else {
            throw QuoteSourceError(.malformed, "\(symbol) has a bar of no day")
        }
        return SourceQuote(
            symbol: symbol,
            price: DayBar.decimal(path.price(minute)),
            currency: .usd,
            asOf: NewYorkTime.moment(day, seconds: NewYorkTime.open + minute * 60),
            delaySeconds: 0,
            session: trades ? .open : .closed,
            origin: company.origin,
            previousClose: position > 0 ? DayBar.decimal(bars[position - 1].close) : nil,
            open: DayBar.decimal(bar.open),
            high: DayBar.decimal(range.high),
            low: DayBar.decimal(range.low),
            volume: path.volume(through: minute)
        )
    }

    /// The bars of the days that have ended at the moment.
    func bars(
        _ symbol: String,
        from first: CalendarDate,
        through last: CalendarDate,
        at moment: ReplayClock.Moment
    ) throws(QuoteSourceError) -> [SourceBar] {
        let company = try company(symbol, at: moment)
        let bars = try bars(of: company)
        let begin = bars.firstIndex(from: Int32(first.daysSinceEpoch))
        let end = bars.firstIndex(from: min(Int32(last.daysSinceEpoch) + 1, clock.days[moment.index]))
        guard begin < end else { return [] }
        return bars[begin..<end].compactMap { bar in
            CalendarDate(daysSinceEpoch: Int(bar.day)).map { bar.sourceBar($0, company.origin) }
        }
    }

    func clock(at moment: ReplayClock.Moment) -> MarketClock {
        let day = clock.date(moment.index)
        let next = moment.index + 1
        return MarketClock(
            now: NewYorkTime.moment(day, seconds: NewYorkTime.open + moment.second),
            day: day,
            session: .open,
            nextOpen: next < clock.days.count ? NewYorkTime.moment(clock.date(next), seconds: NewYorkTime.open) : nil,
            nextClose: NewYorkTime.moment(day, seconds: NewYorkTime.close),
            speed: ExactDecimal(clock.pace)
        )
    }

    func calendar(from first: CalendarDate, through last: CalendarDate) -> [TradingDay] {
        clock.days.filter { first.daysSinceEpoch <= $0 && $0 <= last.daysSinceEpoch }.compactMap { day in
            CalendarDate(daysSinceEpoch: Int(day)).map { day in
                TradingDay(
                    day: day,
                    open: NewYorkTime.moment(day, seconds: NewYorkTime.open),
                    close: NewYorkTime.moment(day, seconds: NewYorkTime.close),
                    isShort: false
                )
            }
        }
    }

    private func bars(of company: ReplayCompany) throws(QuoteSourceError) -> [DayBar] {
        do {
            return try company.bars
        } catch {
            throw QuoteSourceError(.malformed, error.description)
        }
    }
}

/// The path of the newest day of each symbol, so that it is made once a day.
private final class PathCache: Sendable {
    private let seed: Int
    private let paths = Mutex<[String: DayPath]>([:])

    init(seed: Int) { self.seed = seed }

    func path(_ symbol: String, _ bar: DayBar) -> DayPath {
        if let known = paths.withLock({ $0[symbol] }), known.bar == bar { return known }
        let path = DayPath(symbol: symbol, bar: bar, seed: seed)
        paths.withLock { $0[symbol] = path }
        return path
    }
}
