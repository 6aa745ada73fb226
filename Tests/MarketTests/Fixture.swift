import Config
import Logging
import Money
import Observe
import Plugin
import RPC
import Reactor
import Synchronization
import Testing

@testable import MarketService

/// A service around a fake source, with a clock that only `pause` moves.
final class Fixture: Sendable {
    /// 2005-02-28, 15:00 in UTC.
    static let recorded = WallTime(secondsSinceEpoch: 1_109_602_800)
    static let now = WallTime(secondsSinceEpoch: 1_767_225_600)
    static let today: CalendarDate = day("2005-02-28")
    struct Ended: Error {}

    let source: FakeSource
    let service: MarketService

    /// - Parameter pauses: after so many, a pause throws `Ended`.
    init(
        pauses: Int = 0,
        onPause: @escaping @Sendable (FakeSource, Int) -> Void = { _, _ in }
    ) async throws {
        let elapsed = Mutex(0)
        let slot = DriverSlot<any QuoteSource>("market.quotes") { _ in try await Task.sleep(for: .seconds(60)) }
        let loops = try EventLoopGroup(count: 1)
        defer { loops.shutdown() }
        let context = DriverContext(
            name: "fake",
            version: "1",
            slot: "market.quotes",
            settings: try Settings(declared: [], environment: [:]),
            logger: Logger(label: "fake"),
            metrics: MetricRegistry(),
            loops: loops
        )
        _ = try await slot.swap(to: FakeSource.self, context: context)
        let source = try #require(try slot.current as? FakeSource)
        let now: @Sendable () -> WallTime = { Self.now.advanced(by: .seconds(elapsed.withLock { $0 })) }
        service = MarketService(slot: slot, now: now) { duration in
            let count = elapsed.withLock { elapsed in
                elapsed += Int(duration.components.seconds)
                return elapsed
            }
            guard count <= pauses else { throw Ended() }
            onPause(source, count)
        }
        self.source = source
    }

    static func day(_ text: String) -> CalendarDate {
        guard let day = try? CalendarDate(parsing: text) else { preconditionFailure(text) }
        return day
    }

    static func quote(_ symbol: String, _ price: ExactDecimal, before: ExactDecimal? = "10.00") -> SourceQuote {
        SourceQuote(
            symbol: symbol,
            price: price,
            currency: .usd,
            asOf: recorded,
            delaySeconds: 0,
            session: .open,
            origin: .synthetic,
            previousClose: before,
            open: "10.10",
            high: "11.00",
            low: "9.00",
            volume: 1234
        )
    }

    static func company(_ symbol: String, _ name: String, sector: String = "Energy") -> SourceCompany {
        SourceCompany(symbol: symbol, name: name, exchange: "X", currency: .usd, sector: sector, origin: .synthetic)
    }
}
