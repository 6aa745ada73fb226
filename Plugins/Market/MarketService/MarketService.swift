import Contracts
import Money
import Observe
import Plugin
import RPC
import Reactor
import Valkey

/// Answers for the market: turns what the quote sources say into the messages of the contract.
final class MarketService: MarketServing {
    /// The most symbols of one request.
    static let mostSymbols = 500

    let chain: SourceChain
    let facts: SourceFacts
    let desk: QuoteDesk
    let times: Times
    let calendar = NYSECalendar()
    private let hubs: [QuoteHub]
    private let loops: EventLoopGroup

    /// - Parameter store: what replicas share; nil for a process that shares nothing.
    init(
        chain: SourceChain,
        usual: Freshness,
        store: ValkeyClient?,
        times: Times,
        loops: EventLoopGroup,
        metrics: MetricRegistry
    ) {
        self.chain = chain
        self.times = times
        self.loops = loops
        let facts = SourceFacts(uptime: times.uptime)
        let desk = QuoteDesk(
            chain: chain,
            facts: facts,
            usual: usual,
            store: store,
            times: times,
            loops: loops,
            metrics: metrics
        )
        self.facts = facts
        self.desk = desk
        hubs = loops.loops.map { _ in QuoteHub(desk: desk, metrics: metrics) }
    }

    /// Fetches prices and feeds streams, until the task is cancelled. Once.
    func run() async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { [desk] in await desk.run() }
            for (loop, hub) in zip(loops.loops, hubs) {
                group.addTask { try? await loop.run { await hub.run() } }
            }
        }
    }

    /// The streams of the caller's loop.
    var hub: QuoteHub {
        guard let loop = EventLoop.current, loop.index < hubs.count, loops.loops[loop.index] === loop else {
            return hubs[0]
        }
        return hubs[loop.index]
    }

    /// A date of a request; nil if the text is empty.
    static func date(_ text: String, field: String) throws(RPCError) -> CalendarDate? {
        if text.isEmpty { return nil }
        guard let date = try? CalendarDate(parsing: text) else {
            throw .field(field, "invalid", "must be a day, written YYYY-MM-DD")
        }
        return date
    }

    /// A choice of a request; `usual` if the text is empty.
    static func choice<Choice: RawRepresentable<String> & CaseIterable>(
        _ text: String,
        field: String,
        usual: Choice
    ) throws(RPCError) -> Choice {
        if text.isEmpty { return usual }
        guard let choice = Choice(rawValue: text) else {
            let all = Choice.allCases.map(\.rawValue).joined(separator: ", ")
            throw .field(field, "invalid", "must be one of \(all)")
        }
        return choice
    }
}
