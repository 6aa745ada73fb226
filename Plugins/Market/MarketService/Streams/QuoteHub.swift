import Contracts
import Observe
import Plugin
import Reactor
import Synchronization

/// The streams of one loop: one poll a second for all of them, of each symbol once however many listen to it.
final class QuoteHub: Sendable {
    /// How often prices are looked at.
    static let interval = Duration.seconds(1)

    private let desk: QuoteDesk
    private let board = Mutex(StreamBoard())
    private let bell = Bell()
    private let listening: Gauge
    private let cut: Counter
    private let wakeUps = Mutex<[Int: Bell]>([:])

    init(desk: QuoteDesk, metrics: MetricRegistry) {
        self.desk = desk
        listening = metrics.gauge("lonja_market_streams", help: "Streams of prices that are open.")
        cut = metrics.counter(
            "lonja_market_streams_cut_total",
            help: "Streams of prices that were ended because their reader was too slow."
        )
    }

    /// Sends every price once and then each that changes, at most once a second, until the reader goes.
    /// - Throws: `unknownSymbol` if one of them is, at the beginning or later; what `write` throws; and
    ///   `SlowReader` when what is there has not been taken for half a minute.
    func listen(_ symbols: [String], _ write: @escaping @Sendable (MarketQuote) async throws -> Void) async throws {
        let first = try await known(symbols)
        for result in first.values {
            if case .failure(let error) = result, error.code == .unknownSymbol { throw error }
        }
        let wakeUp = Bell()
        let number = board.withLock { $0.join(symbols) }
        wakeUps.withLock { $0[number] = wakeUp }
        listening.increment()
        defer {
            board.withLock { $0.leave(number) }
            wakeUps.withLock { $0[number] = nil }
            listening.decrement()
        }
        publish(first)
        bell.ring()
        try await withThrowingTaskGroup(of: Void.self) { group in
            let turn = Bell()
            group.addTask { try await self.write(number, turn, write) }
            // Beside the writer, which may be held up by its reader for ever.
            group.addTask { try await self.watch(number, wakeUp, turn) }
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    /// Polls while somebody listens, until the task is cancelled. Once.
    func run() async {
        while !Task.isCancelled {
            let symbols = board.withLock { $0.symbols }
            guard !symbols.isEmpty else {
                await bell.wait()
                continue
            }
            if let known = try? await known(symbols) { publish(known) }
            try? await desk.times.pause(Self.interval)
        }
    }

    private func known(_ symbols: [String]) async throws(QuoteSourceError) -> [String: QuoteShard.Known] {
        let results = try await desk.prices(symbols)
        return Dictionary(uniqueKeysWithValues: zip(symbols, results))
    }

    private func publish(_ prices: [String: QuoteShard.Known]) {
        let (now, wall) = (desk.times.uptime(), desk.times.now())
        let awake = board.withLock { $0.publish(prices, now, wall: wall) }
        let bells = wakeUps.withLock { bells in awake.compactMap { bells[$0] } }
        for bell in bells { bell.ring() }
    }

    private func write(
        _ number: Int,
        _ turn: Bell,
        _ write: @Sendable (MarketQuote) async throws -> Void
    ) async throws {
        while true {
            switch board.withLock({ $0.take(number) }) {
            case .send(let quotes): for quote in quotes { try await write(quote) }
            case .wait: await turn.wait()
            case .end(let error): throw error ?? QuoteSourceError(.cancelled, "the stream has ended")
            }
            try Task.checkCancellation()
        }
    }

    /// Wakes the writer; ends the stream when the reader is to be cut.
    private func watch(_ number: Int, _ wakeUp: Bell, _ turn: Bell) async throws {
        while true {
            await wakeUp.wait()
            try Task.checkCancellation()
            if board.withLock({ $0.isCut(number) }) {
                cut.increment()
                throw SlowReader()
            }
            turn.ring()
        }
    }
}

/// The reader of a stream did not take what was there.
struct SlowReader: Error {}
