import Money
import Plugin
import Synchronization

/// A company of the replay. Its bars are decoded when they are first asked for, and kept.
final class ReplayCompany: Sendable {
    let symbol: String
    let name: String
    let exchange: String
    let sector: String?
    let summary: String?
    let origin: DataOrigin
    /// Days since 1970-01-01.
    let firstDay: Int32
    let lastDay: Int32
    /// Oldest first, those of the future too.
    let actions: [CorporateAction]
    private let decode: @Sendable () throws(BarFileError) -> [DayBar]
    private let decoded = Mutex<[DayBar]?>(nil)

    init(
        symbol: String,
        name: String,
        exchange: String,
        sector: String?,
        summary: String?,
        origin: DataOrigin,
        firstDay: Int32,
        lastDay: Int32,
        actions: [CorporateAction],
        decode: @escaping @Sendable () throws(BarFileError) -> [DayBar]
    ) {
        self.symbol = symbol
        self.name = name
        self.exchange = exchange
        self.sector = sector
        self.summary = summary
        self.origin = origin
        self.firstDay = firstDay
        self.lastDay = lastDay
        self.actions = actions
        self.decode = decode
    }

    /// Every bar, oldest first, those of the future too.
    var bars: [DayBar] {
        get throws(BarFileError) {
            if let known = decoded.withLock({ $0 }) { return known }
            // Outside the lock: two loops may decode the same once, none waits for the other.
            let bars = try decode()
            decoded.withLock { $0 = bars }
            return bars
        }
    }

    /// What the port tells of it on the day `today`; nil before it is listed.
    func sourceCompany(today: Int32) -> SourceCompany? {
        guard firstDay <= today else { return nil }
        return SourceCompany(
            symbol: symbol,
            name: name,
            exchange: exchange,
            currency: .usd,
            sector: sector,
            summary: summary,
            origin: origin,
            firstDay: CalendarDate(daysSinceEpoch: Int(firstDay)),
            lastDay: lastDay < today ? CalendarDate(daysSinceEpoch: Int(lastDay)) : nil
        )
    }
}

extension [DayBar] {
    /// The position of the first bar of `day` or later.
    func firstIndex(from day: Int32) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if self[middle].day < day { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
