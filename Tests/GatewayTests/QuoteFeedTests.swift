import Contracts
import SwiftProtobuf
import Synchronization
import Testing

@testable import GatewayService

@Suite struct QuoteFeedTests {
    private static func quote(_ symbol: String, _ seconds: Int64) -> MarketQuote {
        .with {
            $0.symbol = symbol
            $0.asOf.seconds = seconds
        }
    }

    @Test func onlyTheNewestOfEachWaits() {
        var newest = NewestQuotes()
        for second in 1...1000 as ClosedRange<Int64> {
            newest.put(Self.quote("AAPL", second))
            newest.put(Self.quote("MSFT", second))
        }
        #expect(newest.take()?.asOf.seconds == 1000)
        newest.put(Self.quote("AAPL", 1001))
        #expect(newest.take()?.symbol == "MSFT")
        #expect(newest.take()?.asOf.seconds == 1001)
        #expect(newest.take() == nil)
    }

    @Test func aSlowClientSkipsToTheNewest() async throws {
        let sent = Mutex<[Int64]>([])
        let gate = AsyncStream.makeStream(of: Void.self)
        try await QuoteFeed().run { put in
            for second in 1...500 as ClosedRange<Int64> {
                put(Self.quote("AAPL", second))
                if second == 1 { while sent.withLock({ $0.isEmpty }) { await Task.yield() } }
            }
            gate.continuation.finish()
        } _: { quote in
            sent.withLock { $0.append(quote.asOf.seconds) }
            // The first write lasts until everything has come.
            if quote.asOf.seconds == 1 { for await _ in gate.stream {} }
        }
        #expect(sent.withLock { $0 } == [1, 500])
    }

    @Test func whatEndsOneSideEndsTheOther() async {
        struct Gone: Error {}
        await #expect(throws: Gone.self) {
            try await QuoteFeed().run { _ in
                throw Gone()
            } _: { _ in
            }
        }
        await #expect(throws: Gone.self) {
            try await QuoteFeed().run { put in
                put(Self.quote("AAPL", 1))
                while true { try await Task.sleep(for: .seconds(60)) }
            } _: { _ in
                throw Gone()
            }
        }
    }
}
