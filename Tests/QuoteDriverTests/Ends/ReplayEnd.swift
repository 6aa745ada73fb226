import Glibc
import Money
import Observe
import Plugin
import QuoteSourceCompatibility
import Reactor
import TestServers

@testable import ReplayQuotes

/// The replay on a morning of 2005, with a folder of companies whose prices stand still, so that their quotes are known.
final class ReplayEnd: QuoteEnd {
    /// Prices of the companies that stand still.
    static let flat = ["STILL": "12.34", "FINE": "0.0001", "DEAR": "429496.7295", "TRAIL": "5.125", "B.FLAT": "77.00"]

    let facts: QuoteFacts
    let conditions: Set<QuoteCondition> = [.normal]
    private let folder: TemporaryFolder
    private let loops: EventLoopGroup
    private let epoch = WallTime(secondsSinceEpoch: 1_767_225_600)
    private let start: CalendarDate

    init() throws {
        loops = try EventLoopGroup(count: 1)
        folder = try TemporaryFolder()
        let start = try CalendarDate(parsing: "2005-03-01")
        self.start = start
        var quotes: [String: SourceQuote] = [:]
        for (symbol, price) in Self.flat {
            try Self.write("\(folder.file(symbol)).csv", price)
            quotes[symbol] = try Self.quote(symbol, price, start)
        }
        let catalogue = try Catalogue(BarFile.bundled())
        var bars: [String: [SourceBar]] = [:]
        var actions: [String: [CorporateAction]] = [:]
        for symbol in ["AAPL", "MSFT", "IBM", "QABRO", "QFARO"] {
            guard let company = catalogue.company(symbol) else { throw TestServerError("no \(symbol)") }
            let days = try company.bars.compactMap { bar in
                CalendarDate(daysSinceEpoch: Int(bar.day)).map { bar.sourceBar($0, company.origin) }
            }
            bars[symbol] = days.filter { $0.day < start }
            actions[symbol] = company.actions.filter { $0.exDay <= start }
        }
        let listed = catalogue.companies.filter { $0.firstDay <= start.daysSinceEpoch }.map(\.symbol)
        facts = QuoteFacts(
            quotes: quotes,
            unknown: ["NOPE", "ZZZZZ.Z", "A-B", "FB"],
            many: listed,
            bars: bars,
            actions: actions
        )
    }

    func source(_ condition: QuoteCondition) throws -> any QuoteSource {
        let settings = ReplaySettings(pace: 1, start: start, epoch: epoch, folder: folder.path)
        let companies = try BarFolder.companies(in: folder.path, known: [])
        let market = try ReplayMarket(Catalogue(BarFile.bundled(), replacing: companies), settings)
        // Half an hour after the opening, for ever.
        return ReplayDriver(settings: settings, market: market, loops: loops) { [epoch] in
            epoch.advanced(by: .seconds(1800))
        }
    }

    func requestCount() async throws -> Int? { nil }

    func stop() { loops.shutdown() }

    private static func write(_ path: String, _ price: String) throws {
        guard let file = fopen(path, "w") else { throw TestServerError("\(path): \(errno)") }
        defer { fclose(file) }
        let row = "\(price),\(price),\(price),\(price),39000"
        fputs("Date,Open,High,Low,Close,Volume\n2005-02-28,\(row)\n2005-03-01,\(row)\n", file)
    }

    private static func quote(_ symbol: String, _ text: String, _ day: CalendarDate) throws -> SourceQuote {
        let price = try ExactDecimal(parsing: text)
        return SourceQuote(
            symbol: symbol,
            price: price,
            currency: .usd,
            asOf: NewYorkTime.moment(day, seconds: NewYorkTime.open + 1800),
            delaySeconds: 0,
            session: .open,
            origin: .real,
            previousClose: price,
            open: price,
            high: price,
            low: price,
            volume: 3000
        )
    }
}
