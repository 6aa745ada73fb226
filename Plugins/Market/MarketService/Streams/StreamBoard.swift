import Contracts
import Observe
import Plugin
import Reactor

/// Who of one loop listens to which prices, and what each has still to be sent: of a symbol only the newest, however
/// slowly somebody reads. A value without a clock and without I/O.
struct StreamBoard {
    /// After so long a price is sent again though it is the same, so that both sides notice a broken connection.
    static let heartbeat = Duration.seconds(15)
    /// Who has not taken what is there for so long is cut.
    static let patience = Duration.seconds(30)

    /// What a listener does next.
    enum Next {
        case send([MarketQuote])
        case wait
        case end(QuoteSourceError?)
    }

    private struct Sent {
        var price: KnownPrice
        var isKept: Bool
        var at: MonotonicTime
    }

    private struct Listener {
        let symbols: [String]
        var sent: [String: Sent] = [:]
        /// In the order in which they came, of each symbol once.
        var pending: [String] = []
        var newest: [String: MarketQuote] = [:]
        /// Since when something is there that was not taken.
        var waitsSince: MonotonicTime?
        var failure: QuoteSourceError?
        var isCut = false
    }

    private var listeners: [Int: Listener] = [:]
    private var next = 0

    /// How many listen.
    var count: Int { listeners.count }

    /// Every symbol that somebody listens to, sorted: what one poll asks for.
    var symbols: [String] {
        Set(listeners.values.lazy.flatMap(\.symbols)).sorted()
    }

    /// Somebody begins to listen.
    mutating func join(_ symbols: [String]) -> Int {
        next += 1
        listeners[next] = Listener(symbols: symbols)
        return next
    }

    mutating func leave(_ number: Int) { listeners[number] = nil }

    /// New prices, or why there are none.
    /// - Returns: who has something to do now.
    mutating func publish(_ prices: [String: QuoteShard.Known], _ now: MonotonicTime, wall: WallTime) -> [Int] {
        var awake: [Int] = []
        for number in Array(listeners.keys) where update(number, prices, now, wall) { awake.append(number) }
        return awake
    }

    /// What a listener does now; what is sent is regarded as taken.
    mutating func take(_ number: Int) -> Next {
        guard var listener = listeners[number] else { return .end(nil) }
        if listener.isCut { return .end(nil) }
        if !listener.pending.isEmpty {
            let quotes = listener.pending.compactMap { listener.newest[$0] }
            listener.pending = []
            listener.newest = [:]
            listener.waitsSince = nil
            listeners[number] = listener
            return .send(quotes)
        }
        return listener.failure.map { .end($0) } ?? .wait
    }

    /// Whether the listener was too slow.
    func isCut(_ number: Int) -> Bool { listeners[number]?.isCut ?? false }

    private mutating func update(
        _ number: Int,
        _ prices: [String: QuoteShard.Known],
        _ now: MonotonicTime,
        _ wall: WallTime
    ) -> Bool {
        guard var listener = listeners[number], !listener.isCut, listener.failure == nil else { return false }
        let wasEmpty = listener.pending.isEmpty
        for symbol in listener.symbols {
            switch prices[symbol] {
            case .success(let (price, isKept)):
                let sent = listener.sent[symbol]
                guard sent.map({ Self.isNews(price, isKept, $0, now) }) ?? true else { continue }
                listener.sent[symbol] = Sent(price: price, isKept: isKept, at: now)
                let message = price.answer(isKept: isKept, now: wall)
                if listener.newest.updateValue(message, forKey: symbol) == nil { listener.pending.append(symbol) }
            // What was listed and is no more; other failures may pass.
            case .failure(let error) where error.code == .unknownSymbol: listener.failure = error
            case .failure, nil: break
            }
        }
        if let since = listener.waitsSince, since.duration(to: now) >= Self.patience { listener.isCut = true }
        if listener.waitsSince == nil, !listener.pending.isEmpty { listener.waitsSince = now }
        listeners[number] = listener
        return listener.isCut || listener.failure != nil || wasEmpty && !listener.pending.isEmpty
    }

    /// A price that is only newer, or has more volume, is no change.
    private static func isNews(_ price: KnownPrice, _ isKept: Bool, _ sent: Sent, _ now: MonotonicTime) -> Bool {
        if sent.at.duration(to: now) >= heartbeat { return true }
        return isKept != sent.isKept || price.differs(from: sent.price)
    }
}
