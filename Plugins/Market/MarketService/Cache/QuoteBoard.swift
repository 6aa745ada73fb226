import Plugin
import Reactor

/// The prices that one loop knows, which of them are wanted from the sources, and who waits for them. A value without a
/// clock and without I/O.
///
/// A price is fresh → old (handed out, and wanted again) → kept (handed out as stale while no source answers) → gone.
struct QuoteBoard {
    /// What is known of a symbol.
    enum Look {
        case price(KnownPrice, isKept: Bool)
        case problem(QuoteSourceError)
        /// It has to be waited for.
        case absent
    }

    /// What a source said.
    enum Outcome {
        case price(KnownPrice, Freshness)
        case problem(QuoteSourceError)
        /// No source answers; another loop knows this price, until then.
        case kept(KnownPrice, until: MonotonicTime, QuoteSourceError)
    }

    private struct Entry {
        var price: KnownPrice?
        var problem: QuoteSourceError?
        var freshUntil: MonotonicTime
        var servedUntil: MonotonicTime
        var keptUntil: MonotonicTime

        /// Why there is no price, until then.
        static func without(_ problem: QuoteSourceError, until: MonotonicTime) -> Entry {
            Entry(price: nil, problem: problem, freshUntil: until, servedUntil: until, keptUntil: until)
        }
    }

    /// For what no source has said anything of.
    let usual: Freshness
    let capacity: Int
    private var entries: [String: Entry] = [:]
    /// To be asked of the sources, in the order in which they were wanted.
    private var wanted: [String] = []
    /// Those wanted or asked for, and who waits for them.
    private var flights: [String: [Int]] = [:]
    /// For how many symbols each still waits.
    private var waiting: [Int: Int] = [:]
    /// Of which drivers the entries are.
    private var generation = 0

    /// - Parameter capacity: the most symbols it knows at a time.
    init(usual: Freshness, capacity: Int = 20_000) {
        precondition(capacity > 0, "a board has room for one symbol at least")
        self.usual = usual
        self.capacity = capacity
    }

    /// How many symbols it knows.
    var count: Int { entries.count }

    /// Whether `take` gives any.
    var isWanting: Bool { !wanted.isEmpty }

    /// Forgets what other drivers said. What is under way is still waited for, and then asked again.
    mutating func serve(_ generation: Int) {
        guard generation != self.generation else { return }
        self.generation = generation
        entries = [:]
    }

    /// What is known; an old price is wanted from now on.
    mutating func look(_ symbol: String, _ now: MonotonicTime) -> Look {
        guard let entry = entries[symbol] else { return .absent }
        if now < entry.freshUntil {
            if let price = entry.price, now < entry.keptUntil {
                return .price(price, isKept: entry.problem != nil && entry.servedUntil <= now)
            }
            return entry.problem.map { .problem($0) } ?? .absent
        }
        guard let price = entry.price, now < entry.problem.map({ _ in entry.keptUntil }) ?? entry.servedUntil else {
            return .absent
        }
        want(symbol)
        return .price(price, isKept: entry.problem != nil && entry.servedUntil <= now)
    }

    /// The last price of a symbol and until when it may be given; nil for who has none.
    func last(_ symbol: String, _ generation: Int, _ now: MonotonicTime) -> (price: KnownPrice, until: MonotonicTime)? {
        guard generation == self.generation, let entry = entries[symbol], let price = entry.price, now < entry.keptUntil
        else { return nil }
        return (price, entry.keptUntil)
    }

    /// `number` waits for all these symbols, which are wanted if they are not yet.
    mutating func wait(for symbols: [String], as number: Int) {
        precondition(!symbols.isEmpty, "nobody waits for nothing")
        waiting[number] = symbols.count
        for symbol in symbols {
            want(symbol)
            flights[symbol]?.append(number)
        }
    }

    /// `number` waits no more.
    mutating func leave(_ number: Int) { waiting[number] = nil }

    /// The symbols to ask the sources for; they are under way from now on. For which drivers, says the generation.
    mutating func take() -> (symbols: [String], generation: Int) {
        defer { wanted = [] }
        return (wanted, generation)
    }

    /// The sources, those of `generation`, have answered.
    /// - Returns: the numbers of those who wait for nothing any more.
    mutating func finish(_ outcomes: [(String, Outcome)], generation: Int, _ now: MonotonicTime) -> [Int] {
        var done: [Int] = []
        for (symbol, outcome) in outcomes {
            if generation == self.generation { note(symbol, outcome, now) }
            for number in flights.removeValue(forKey: symbol) ?? [] {
                guard let left = waiting[number] else { continue }
                waiting[number] = left > 1 ? left - 1 : nil
                if left == 1 { done.append(number) }
            }
        }
        if entries.count > capacity { makeRoom(now) }
        return done
    }

    private mutating func want(_ symbol: String) {
        guard flights[symbol] == nil else { return }
        flights[symbol] = []
        wanted.append(symbol)
    }

    private mutating func note(_ symbol: String, _ outcome: Outcome, _ now: MonotonicTime) {
        switch outcome {
        case .price(let price, let times):
            let fresh = now.advanced(by: times.fresh)
            let served = fresh.advanced(by: times.serve)
            entries[symbol] = Entry(
                price: price,
                problem: nil,
                freshUntil: fresh,
                servedUntil: served,
                keptUntil: max(served, now.advanced(by: times.keep))
            )
        case .kept(let price, let until, let error):
            if last(symbol, generation, now) == nil {
                entries[symbol] = Entry(
                    price: price,
                    problem: error,
                    freshUntil: now,
                    servedUntil: now,
                    keptUntil: until
                )
            }
            note(symbol, .problem(error), now)
        // What is not listed any more has no price, not even an old one.
        case .problem(let error) where error.code == .unknownSymbol:
            entries[symbol] = .without(error, until: now.advanced(by: usual.unknown))
        case .problem(let error) where error.code == .cancelled:
            break
        case .problem(let error):
            // A source that says when to come back is not asked before.
            let pause = min(max(usual.failure, error.retryAfter ?? .zero), .seconds(10))
            guard var entry = entries[symbol], entry.price != nil, now < entry.keptUntil else {
                entries[symbol] = .without(error, until: now.advanced(by: pause))
                return
            }
            entry.problem = error
            entry.freshUntil = now.advanced(by: pause)
            entries[symbol] = entry
        }
    }

    /// Drops what nobody could be given any more, and if that is not enough, the older half.
    private mutating func makeRoom(_ now: MonotonicTime) {
        entries = entries.filter { now < $0.value.keptUntil }
        guard entries.count > capacity else { return }
        let middle = entries.values.map(\.freshUntil).sorted()[entries.count / 2]
        entries = entries.filter { middle < $0.value.freshUntil }
    }
}
