import Contracts
import Money
import Observe
import Plugin
import RPC
import Reactor
import SwiftProtobuf
import Synchronization
import TestServers
import Testing
import Valkey

@testable import MarketService

/// Replicas that share a real store: each is a service with loops, memory and sources of its own.
@Suite struct SharedStoreTests {
    let context = CallContext.root()

    /// Runs `body` with so many replicas beside one store.
    static func with(
        replicas: Int,
        settings: [String: String] = [:],
        _ body: @escaping @Sendable ([Fixture], StoreProcess) async throws -> Void
    ) async throws {
        let store = try StoreProcess()
        try await store.start()
        let endpoint = try store.unix
        try await add(replicas, settings, endpoint, []) { try await body($0, store) }
    }

    private static func add(
        _ count: Int,
        _ settings: [String: String],
        _ endpoint: ValkeyEndpoint,
        _ replicas: [Fixture],
        _ body: @escaping @Sendable ([Fixture]) async throws -> Void
    ) async throws {
        guard count > 0 else { return try await body(replicas) }
        var client: ValkeyConfiguration { ValkeyConfiguration(.one(endpoint)) }
        let make: (EventLoopGroup) -> ValkeyClient = { ValkeyClient(client, group: $0) }
        try await Fixture.with(now: .now(), settings: settings, store: make) { fixture in
            fixture.source.state.withLock { $0.timeliness = .delayed(seconds: 900) }
            fixture.source.set(price("A", "10.10"))
            try await add(count - 1, settings, endpoint, replicas + [fixture], body)
        }
    }

    private static func price(_ symbol: String, _ price: ExactDecimal) -> SourceQuote {
        Fixture.quote(symbol, price, at: WallTime.now().advanced(by: .seconds(-901)))
    }

    private static func calls(_ replicas: [Fixture]) -> Int { replicas.reduce(0) { $0 + $1.source.calls } }

    private func quote(_ fixture: Fixture, _ symbol: String = "A") async throws -> MarketQuote {
        try await fixture.service.getQuote(.with { $0.symbol = symbol }, context)
    }

    @Test func `of several replicas one asks the source, all answer the same`() async throws {
        try await Self.with(replicas: 3) { replicas, _ in
            for replica in replicas { replica.source.state.withLock { $0.isHeld = true } }
            try await withThrowingTaskGroup(of: String.self) { group in
                for replica in replicas {
                    for _ in 0..<50 { group.addTask { try await quote(replica).price.amount } }
                }
                try await replicas[0].until { Self.calls(replicas) == 1 }
                // Time for the others to ask as well, if they would.
                try await Task.sleep(for: .milliseconds(100))
                for replica in replicas { replica.source.release() }
                for try await amount in group { #expect(amount == "10.10") }
            }
            #expect(Self.calls(replicas) == 1)
        }
    }

    @Test func `a replica that begins later finds what others know, unknown symbols too`() async throws {
        try await Self.with(replicas: 2) { replicas, _ in
            let first = try await quote(replicas[0])
            let code = await MarketServiceTests.code { _ = try await quote(replicas[0], "NOPE") }
            #expect(code == .notFound)
            try await replicas[0].until { Self.calls(replicas) == 2 }
            let second = try await quote(replicas[1])
            #expect(second == first)
            let again = await MarketServiceTests.code { _ = try await quote(replicas[1], "NOPE") }
            #expect(again == .notFound && replicas[1].source.calls == 0)
        }
    }

    @Test func `a claim that nobody settles runs out`() async throws {
        let store = try StoreProcess()
        try await store.start()
        let group = try EventLoopGroup(count: 1, blockingThreads: 1)
        let client = ValkeyClient(ValkeyConfiguration(.one(try store.unix)), group: group)
        let times = Freshness(fresh: .seconds(5), serve: .seconds(15), keep: .seconds(60), unknown: .seconds(30))
        let (dead, alive) = (
            SharedPrices(client, lease: .seconds(1)), SharedPrices(client, lease: .seconds(10))
        )
        func claim(_ prices: SharedPrices, _ number: Int) async throws -> String {
            let claims = try await prices.claim(["A"], source: "s", number: number, times)
            return switch try #require(claims.first) {
            case .known: "known"
            case .mine: "mine"
            case .others: "others"
            }
        }
        #expect(try await claim(dead, 1) == "mine")
        #expect(try await claim(alive, 1) == "others")
        var state = ""
        for _ in 0..<1000 where state != "mine" {
            try await Task.sleep(for: .milliseconds(10))
            state = try await claim(alive, 2)
        }
        #expect(state == "mine")
        // The dead one comes back late: it does not take the lease of another away.
        await dead.settle([("A", .none)], source: "s", number: 1)
        #expect(try await claim(alive, 3) == "others")
        let known = QuoteBoardTests.price("A")
        await alive.settle([("A", .price(known, times))], source: "s", number: 2)
        #expect(try await claim(dead, 4) == "known")
        client.close()
        await group.stop()
    }

    @Test func `an old record serves one replica while another asks for a new one`() async throws {
        let settings = ["LONJA_MARKET_CACHE_FRESH": "300ms", "LONJA_MARKET_CACHE_SERVE": "10s"]
        try await Self.with(replicas: 2, settings: settings) { replicas, _ in
            _ = try await quote(replicas[0])
            try await Task.sleep(for: .milliseconds(400))
            replicas[0].source.set(Self.price("A", "10.20"))
            replicas[0].source.state.withLock { $0.isHeld = true }
            let old = try await quote(replicas[0])
            #expect(old.price.amount == "10.10")
            try await replicas[0].until { replicas[0].source.calls == 2 }
            // The lease is with the first; the second has never seen a price, and need not wait for it.
            let other = try await quote(replicas[1])
            #expect(other.price.amount == "10.10" && replicas[1].source.calls == 0)
            replicas[0].source.release()
            var amount = ""
            for _ in 0..<500 where amount != "10.20" {
                try await Task.sleep(for: .milliseconds(10))
                amount = try await quote(replicas[1]).price.amount
            }
            #expect(amount == "10.20")
        }
    }

    @Test func `replicas share one budget`() async throws {
        let settings = ["LONJA_MARKET_BUDGET_QUOTES_PER_MINUTE": "60", "LONJA_MARKET_BUDGET_QUOTES_BURST": "10"]
        try await Self.with(replicas: 3, settings: settings) { replicas, _ in
            for number in 0..<60 {
                let answer = try await replicas[number % 3].service.getQuotes(
                    .with { $0.symbols = ["S\(number)"] },
                    context
                )
                #expect(["unknown-symbol", "throttled"].contains(answer.missing.first?.problem))
            }
            // Ten at once and one a second.
            let calls = Self.calls(replicas)
            #expect((10...40).contains(calls), "\(calls)")
        }
    }

    @Test func `a store that goes away is done without, and used again when it is back`() async throws {
        let settings = ["LONJA_MARKET_CACHE_FRESH": "100ms", "LONJA_MARKET_CACHE_SERVE": "0s"]
        try await Self.with(replicas: 1, settings: settings) { replicas, store in
            let first = try await quote(replicas[0])
            #expect(first.price.amount == "10.10")
            store.kill()
            replicas[0].source.set(Self.price("A", "10.20"))
            try await Task.sleep(for: .milliseconds(150))
            let without = try await quote(replicas[0])
            #expect(without.price.amount == "10.20")
            try await store.start()
            replicas[0].source.set(Self.price("A", "10.30"))
            try await Task.sleep(for: .milliseconds(150))
            let with = try await quote(replicas[0])
            #expect(with.price.amount == "10.30")
        }
    }

    @Test func `what one replica saw a quarter of an hour ago another shows`() async throws {
        let store = try StoreProcess()
        try await store.start()
        let group = try EventLoopGroup(count: 1, blockingThreads: 1)
        let client = ValkeyClient(ValkeyConfiguration(.one(try store.unix)), group: group)
        let label = DelayTests.label(.realtime)
        let clock = TestClock(start: DelayTests.noon)
        let desks = (0..<2).map { _ in DelayDesk(shared: SharedDelays(store: client), now: { clock.now }) }
        var shown: [ExactDecimal] = []
        for step in 0..<40 {
            let quote = DelayTests.quote(ExactDecimal(100 + step), at: clock.now)
            shown.append(try await DelayTests.admit(desks[step % 2], SourcedQuote(quote, label)).quote.price)
            clock.advance(.seconds(60))
        }
        #expect(shown.prefix(15).allSatisfy { $0 == "9.00" })
        #expect(shown.dropFirst(15) == (0..<25).map { ExactDecimal(100 + $0) }[...])
        client.close()
        await group.stop()
    }

    @Test func `records read back what was written, and nothing else`() throws {
        let quote = DelayTests.quote("10.250", at: DelayTests.noon)
        let text = QuoteRecord.encode(quote)
        let back = try #require(QuoteRecord.decode(text[...], symbol: "A"))
        #expect(QuoteRecord.encode(back) == text && back.price.scale == 3 && back.bid == nil)
        #expect(QuoteRecord.decode("", symbol: "A") == nil && QuoteRecord.decode(text.dropFirst(), symbol: "A") != nil)
        #expect(QuoteRecord.decode(text.dropLast(8), symbol: "A") == nil)
        let price = QuoteBoardTests.price("A")
        let bytes = try #require(PriceRecord.encode(price))
        guard case .price(let message, let staleFrom)? = PriceRecord.decode(bytes) else {
            Issue.record("no price came back")
            return
        }
        #expect(message == price.message && staleFrom == nil)
        for bad in [[], [1], [2, 0], [3], Array(bytes.prefix(8)), [1, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF]] as [[UInt8]] {
            #expect(PriceRecord.decode(bad) == nil, "\(bad)")
        }
    }
}
