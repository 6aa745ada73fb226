import Contracts
import Money
import Observe
import Plugin
import RPC
import SwiftProtobuf
import Synchronization
import Testing

@testable import MarketService

/// Prices as they change.
@Suite struct StreamTests {
    /// What a listener was sent.
    final class Inbox: Sendable {
        private let all = Mutex<[String]>([])
        var texts: [String] { all.withLock { $0 } }
        func add(_ quote: MarketQuote) { all.withLock { $0.append("\(quote.symbol) \(quote.price.amount)") } }
    }

    static func with(_ body: @Sendable (Fixture) async throws -> Void) async throws {
        try await CacheTests.with { fixture in
            fixture.source.set(CacheTests.quote(fixture, "B", "20.00"))
            try await body(fixture)
        }
    }

    @Test func `all prices, then changes, then a heartbeat`() async throws {
        try await Self.with { fixture in
            let inbox = Inbox()
            let listener = Task { try await fixture.service.hub.listen(["A", "B"]) { inbox.add($0) } }
            try await fixture.until { inbox.texts.count == 2 }
            fixture.source.set(CacheTests.quote(fixture, "B", "20.50"))
            for _ in 0..<8 { try await Self.second(fixture) }
            try await fixture.until { inbox.texts.count == 3 }
            for _ in 0..<8 { try await Self.second(fixture) }
            try await fixture.until { inbox.texts.count >= 4 }
            #expect(inbox.texts.prefix(4) == ["A 10.10", "B 20.00", "B 20.50", "A 10.10"])
            listener.cancel()
            await #expect(throws: (any Error).self) { try await listener.value }
        }
    }

    @Test func `however many listen, the source is asked once`() async throws {
        try await Self.with { fixture in
            let inboxes = (0..<50).map { _ in Inbox() }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for inbox in inboxes {
                    group.addTask { try await fixture.service.hub.listen(["A", "B"]) { inbox.add($0) } }
                }
                try await fixture.until { inboxes.allSatisfy { $0.texts.count == 2 } }
                let before = fixture.source.calls
                #expect(before <= 2)
                for _ in 0..<30 { try await Self.second(fixture) }
                // A price serves five seconds, and is then asked for by one look of the hub.
                let asked = fixture.source.calls - before
                #expect((3...8).contains(asked), "\(asked)")
                group.cancelAll()
                while let result = await group.nextResult() {
                    if case .success = result { Issue.record("a stream ended by itself") }
                }
            }
        }
    }

    @Test func `a stream of something unknown is refused`() async throws {
        try await Self.with { fixture in
            let error = try await #require(throws: QuoteSourceError.self) {
                try await fixture.service.hub.listen(["A", "NOPE"]) { _ in }
            }
            #expect(error.code == .unknownSymbol)
        }
    }

    @Test func `who does not read is cut, the others go on`() async throws {
        try await Self.with { fixture in
            let inbox = Inbox()
            let quick = Task { try await fixture.service.hub.listen(["A"]) { inbox.add($0) } }
            let stuck = Task {
                try await fixture.service.hub.listen(["A"]) { _ in
                    // As a writer is held up: until it is cancelled.
                    try await Task.sleep(for: .seconds(600))
                }
            }
            try await fixture.until { inbox.texts.count == 1 && fixture.clock.sleepers > 0 }
            for price in 0..<50 {
                fixture.source.set(CacheTests.quote(fixture, "A", ExactDecimal(11 + price)))
                try await Self.second(fixture)
            }
            await #expect(throws: SlowReader.self) { try await stuck.value }
            #expect(inbox.texts.count >= 5)
            quick.cancel()
            await #expect(throws: (any Error).self) { try await quick.value }
        }
    }

    /// A second passes, and what it wakes has time to happen.
    private static func second(_ fixture: Fixture) async throws {
        try await fixture.until { fixture.clock.sleepers > 0 }
        fixture.clock.advance(.seconds(1))
        try await Task.sleep(for: .milliseconds(3))
    }
}
