import Contracts
import Money
import Observe
import RPC
import Reactor
import Synchronization

/// What this process knows of the market's days. Any thread.
final class MarketDays: Sendable {
    /// How long a trade waits for the books of a day that has just begun.
    static let patience = Duration.seconds(3)

    private struct State {
        var isLoaded = false
        var gate: DayGate?
        var sessions: MarketSessions?
    }

    private let state = Mutex(State())
    private let store: DayStore
    private let pause: @Sendable (Duration) async throws -> Void

    /// - Parameter pause: lets the calling task wait.
    init(store: DayStore, pause: @escaping @Sendable (Duration) async throws -> Void) {
        self.store = store
        self.pause = pause
    }

    /// Learns how far the books are, unless that was done before: a process that has just begun knows nothing.
    func load(by deadline: MonotonicTime?) async throws {
        if !state.withLock(\.isLoaded) { update(try await store.gate(by: deadline)) }
    }

    /// How far the books are; nil before the first day is known.
    var gate: DayGate? { state.withLock { $0.gate } }

    var sessions: MarketSessions? {
        get { state.withLock { $0.sessions } }
        set { state.withLock { $0.sessions = newValue } }
    }

    /// Takes what a look at the database gave.
    func update(_ gate: DayGate?) {
        state.withLock { state in
            var gate = gate
            if let day = gate?.day { gate?.nextOpen = state.sessions?.next(after: day)?.open }
            state.gate = gate
            state.isLoaded = true
        }
    }

    /// Whether nothing of a company is yet to be booked for a client.
    func isBooked(_ symbol: String, for client: String) -> Bool {
        guard let gate else { return true }
        return !gate.pending.contains(DayGate.Pending(client: client, symbol: symbol))
    }

    /// Whether a client may trade at a price now.
    func admits(_ quote: MarketQuote, for client: String?) -> Bool {
        let (gate, sessions) = state.withLock { ($0.gate, $0.sessions) }
        // Where no day is known, nothing was ever booked by one; where days are known, the market must say what day it is.
        guard let gate else { return true }
        return sessions != nil && gate.admits(quote.symbol, at: quote.marketTime, for: client)
    }

    /// Waits until a client may trade at a price: for a moment at most, after a day has begun.
    /// - Throws: UNAVAILABLE if the books of the day take longer.
    func admit(_ quote: MarketQuote, for client: String?, by deadline: MonotonicTime?) async throws {
        try await load(by: deadline)
        var waited = Duration.zero
        while !admits(quote, for: client) {
            guard waited < Self.patience else {
                throw RPCError(
                    .unavailable,
                    "splits and dividends of the day are being booked; try again",
                    reason: "day-begins"
                )
            }
            try await pause(.milliseconds(20))
            waited += .milliseconds(20)
        }
    }

    /// Waits as `admit`, but not as long: what is only shown may be shown.
    func settle(_ quotes: some Sequence<MarketQuote>) async throws {
        var waited = Duration.zero
        while !quotes.allSatisfy({ admits($0, for: nil) }), waited < Self.patience / 3 {
            try await pause(.milliseconds(20))
            waited += .milliseconds(20)
        }
    }

    /// A price, for the shares that a client has in the books.
    func price(_ quote: MarketQuote, for client: String) throws(DecimalError) -> Amount {
        let amount = try quote.price.exact()
        guard let gate, let session = sessions?.current(at: quote.marketTime),
            let ratio = gate.correction(quote.symbol, for: client, priceIsOfToday: session.day == gate.day)
        else { return amount }
        return Amount(try ratio.price(amount.value), amount.currency)
    }
}
