import Contracts
import RPC
import Synchronization

/// Stands between a market that goes on and a client that may be slow: who cannot keep up skips to the newest prices,
/// and holds up nobody.
final class QuoteFeed: Sendable {
    private let newest = Mutex(NewestQuotes())
    private let signals = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))

    /// Takes everything that comes, and sends what `send` has room for.
    /// - Throws: what ends the market's stream, or `send`.
    func run(
        _ receive: @escaping @Sendable (_ put: @escaping @Sendable (MarketQuote) -> Void) async throws -> Void,
        _ send: @escaping @Sendable (MarketQuote) async throws -> Void
    ) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { [self] in
                defer { signals.continuation.finish() }
                try await receive { [self] quote in
                    newest.withLock { $0.put(quote) }
                    signals.continuation.yield()
                }
            }
            group.addTask { [self] in
                for await _ in signals.stream {
                    while let quote = newest.withLock({ $0.take() }) { try await send(quote) }
                }
                while let quote = newest.withLock({ $0.take() }) { try await send(quote) }
            }
            // The first that fails ends the other.
            while try await group.next() != nil {}
        }
    }
}
