import Plugin
import Reactor
import Synchronization

/// The prices that one loop knows, and its wishes. Any thread; in life its loop's alone, so that nobody waits for the lock.
final class QuoteShard: Sendable {
    /// What is known of one symbol, for an answer.
    typealias Known = Result<(price: KnownPrice, isKept: Bool), QuoteSourceError>

    /// So often a symbol is waited for, when drivers change meanwhile.
    private static let rounds = 5
    private let board: Mutex<QuoteBoard>
    private let room = WaitingRoom()
    private let bell = Bell()
    private let uptime: @Sendable () -> MonotonicTime

    init(usual: Freshness, uptime: @escaping @Sendable () -> MonotonicTime) {
        board = Mutex(QuoteBoard(usual: usual))
        self.uptime = uptime
    }

    /// What is known of one symbol, without waiting; nil if it has to be waited for.
    func known(_ symbol: String, generation: Int) -> Known? {
        let now = uptime()
        let (look, isWanting) = board.withLock { board in
            board.serve(generation)
            return (board.look(symbol, now), board.isWanting)
        }
        if isWanting { bell.ring() }
        return Self.known(look)
    }

    /// What is known of each symbol, in their order; waits for those of which nothing is.
    /// - Parameter generation: of the drivers that serve now.
    func known(_ symbols: [String], generation: () -> Int) async throws(QuoteSourceError) -> [Known] {
        var result = [Known?](repeating: nil, count: symbols.count)
        for _ in 0..<Self.rounds {
            let current = generation()
            let now = uptime()
            let (number, isWanting) = board.withLock { board -> (Int?, Bool) in
                board.serve(current)
                var absent: [String] = []
                for index in symbols.indices where result[index] == nil {
                    result[index] = Self.known(board.look(symbols[index], now))
                    if result[index] == nil { absent.append(symbols[index]) }
                }
                guard !absent.isEmpty else { return (nil, board.isWanting) }
                let number = room.number()
                board.wait(for: absent, as: number)
                return (number, true)
            }
            if isWanting { bell.ring() }
            guard let number else { return result.map { $0 ?? Self.silence } }
            await room.wait(number)
            if Task.isCancelled {
                board.withLock { $0.leave(number) }
                throw QuoteSourceError(.cancelled, "the call was cancelled")
            }
        }
        return result.map { $0 ?? Self.silence }
    }

    /// What the sources are to be asked for; waits until there is something. Nil when the task is cancelled.
    func nextWanted() async -> (symbols: [String], generation: Int)? {
        while !Task.isCancelled {
            let taken = board.withLock { $0.take() }
            if !taken.symbols.isEmpty { return taken }
            await bell.wait()
        }
        return nil
    }

    /// The last price of a symbol and until when it may be given; nil for who has none.
    func last(_ symbol: String, generation: Int) -> (price: KnownPrice, until: MonotonicTime)? {
        let now = uptime()
        return board.withLock { $0.last(symbol, generation, now) }
    }

    /// The sources have answered.
    func finish(_ outcomes: [(String, QuoteBoard.Outcome)], generation: Int) {
        let now = uptime()
        room.call(board.withLock { $0.finish(outcomes, generation: generation, now) })
    }

    private static var silence: Known { .failure(QuoteSourceError(.upstream, "the sources keep changing")) }

    private static func known(_ look: QuoteBoard.Look) -> Known? {
        switch look {
        case .price(let price, let isKept): .success((price, isKept))
        case .problem(let error): .failure(error)
        case .absent: nil
        }
    }
}
