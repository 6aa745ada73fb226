import Config
import Logging
import Money
import Observe
import Plugin
import RPC
import Reactor
import Synchronization
import TestServers
import Testing
import Valkey

@testable import MarketService

/// A service around fake sources, with a clock that the test moves.
final class Fixture: Sendable {
    /// 2005-02-28, 15:00 in UTC.
    static let recorded = WallTime(secondsSinceEpoch: 1_109_602_800)
    /// 2026-01-01.
    static let now = WallTime(secondsSinceEpoch: 1_767_225_600)
    static let today: CalendarDate = day("2005-02-28")

    let source: FakeSource
    /// In the slot `market.fallback`, if it was asked for.
    let fallback: FakeSource?
    let service: MarketService
    let clock: TestClock
    let metrics = MetricRegistry()
    private let primarySlot: DriverSlot<any QuoteSource>
    private let loops: EventLoopGroup

    /// Runs `body` with a service that works meanwhile, on as many loops as asked for.
    static func with(
        now: WallTime = Fixture.now,
        loops: Int = 1,
        fallback: Bool = false,
        settings: [String: String] = [:],
        store: ((EventLoopGroup) -> ValkeyClient)? = nil,
        _ body: @Sendable (Fixture) async throws -> Void
    ) async throws {
        let group = try EventLoopGroup(count: loops, blockingThreads: 1)
        do {
            let store = store?(group)
            let fixture = try await Fixture(group, now, fallback, settings, store)
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                tasks.addTask { await fixture.service.run() }
                defer { tasks.cancelAll() }
                try await body(fixture)
            }
            store?.close()
        } catch {
            await group.stop()
            throw error
        }
        await group.stop()
    }

    private init(
        _ loops: EventLoopGroup,
        _ now: WallTime,
        _ hasFallback: Bool,
        _ variables: [String: String],
        _ store: ValkeyClient?
    ) async throws {
        self.loops = loops
        clock = TestClock(start: now)
        // Beside a real store real time passes.
        let times = store == nil ? clock.times : Times.real(loops)
        let primary = DriverSlot<any QuoteSource>("market.quotes") { _ in try await Task.sleep(for: .seconds(60)) }
        let second = DriverSlot<any QuoteSource>("market.fallback") { _ in try await Task.sleep(for: .seconds(60)) }
        primarySlot = primary
        source = try await Self.fill(primary, "fake", loops)
        fallback = hasFallback ? try await Self.fill(second, "second", loops) : nil
        let settings = try Settings(
            declared: SourceSettings.declared + Freshness.settings,
            environment: variables
        )
        let links = SourceSettings(settings.snapshot).links(
            primary: primary,
            fallback: second,
            store: store,
            times: times,
            metrics: metrics
        )
        service = MarketService(
            chain: SourceChain(links),
            usual: Freshness(settings.snapshot),
            store: store,
            times: times,
            loops: loops,
            metrics: metrics
        )
    }

    /// Another source serves from now on.
    func swap(_ name: String) async throws -> FakeSource { try await Self.fill(primarySlot, name, loops) }

    /// Runs `body` on a loop of the service.
    func onLoop<Result: Sendable>(
        _ index: Int = 0,
        _ body: @escaping @Sendable () async throws -> Result
    ) async throws -> Result {
        try await loops.loops[index].run(body)
    }

    /// Waits until `condition` holds, as work goes on elsewhere.
    func until(_ condition: () -> Bool) async throws {
        for _ in 0..<5000 {
            if condition() { return }
            try await Task.sleep(for: .milliseconds(1))
        }
        throw TestServerError("what was waited for did not come")
    }

    private static func fill(
        _ slot: DriverSlot<any QuoteSource>,
        _ name: String,
        _ loops: EventLoopGroup
    ) async throws -> FakeSource {
        let context = DriverContext(
            name: name,
            version: "1",
            slot: slot.name,
            settings: try Settings(declared: [], environment: [:]),
            logger: Logger(label: name),
            metrics: MetricRegistry(),
            loops: loops
        )
        let replacement = try await slot.replace(with: FakeSource.self, context: context)
        #expect(replacement.driver.name == name)
        return try #require(try slot.current as? FakeSource)
    }

    static func day(_ text: String) -> CalendarDate {
        guard let day = try? CalendarDate(parsing: text) else { preconditionFailure(text) }
        return day
    }

    static func quote(
        _ symbol: String,
        _ price: ExactDecimal,
        before: ExactDecimal? = "10.00",
        at time: WallTime = recorded
    ) -> SourceQuote {
        SourceQuote(
            symbol: symbol,
            price: price,
            currency: .usd,
            asOf: time,
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
