import TestServers
import Testing

@testable import WalletService

@Suite
struct OrderProgressTests {
    private static let events: [(String, @Sendable (inout OrderProgress) -> Bool)] = [
        ("reserved", { $0.reserved() }),
        ("refused", { $0.refused("insufficient-funds") }),
        ("began", { $0.began() }),
        ("returned", { $0.returned() }),
        ("reassigned", { $0.reassigned() }),
        ("filled", { $0.filled() }),
        ("withdrawn", { $0.withdrawn() }),
        ("lapsed", { $0.lapsed() }),
        ("declined", { $0.declined("x") }),
        ("abandoned", { $0.abandoned() }),
        ("cancelled", { $0.cancelled() }),
        ("expired", { $0.expired() }),
        ("settled", { $0.settled() }),
    ]

    /// Which events each state takes.
    @Test(arguments: [OrderType.market, .limit])
    func takesWhatIsLegalAndNothingElse(_ type: OrderType) {
        var legal: [OrderProgress.State: Set<String>] = [
            .accepted: ["reserved", "refused", "abandoned"],
            .held: ["began", "cancelled"],
            .executing: ["reassigned", "filled", "withdrawn", "lapsed", "declined"],
            .filled: ["settled"], .cancelled: ["settled"], .rejected: ["settled"], .expired: ["settled"],
        ]
        if type == .market { legal[.held]?.insert("abandoned") }
        if type == .limit {
            legal[.held]?.insert("expired")
            legal[.executing]?.insert("returned")
        }
        for state in OrderProgress.State.allCases {
            let settlement: OrderProgress.Settlement = state.isFinal ? .owed : .none
            for (name, event) in Self.events {
                var progress = OrderProgress(
                    type: type,
                    state: state,
                    settlement: settlement,
                    problem: nil,
                    version: 3
                )
                let before = progress
                let taken = event(&progress)
                #expect(taken == legal[state]?.contains(name), "\(state) \(name)")
                if taken {
                    #expect(progress.version == 4 && progress.news.count == 1)
                } else {
                    #expect(progress == before)
                }
            }
        }
    }

    /// Any sequence of events ends in one final state, with a history that says so.
    @Test(arguments: [OrderType.market, .limit])
    func randomLivesEndOnce(_ type: OrderType) {
        var random = SeededGenerator(seed: 11)
        for _ in 0..<3000 {
            var progress = OrderProgress(placing: type)
            for _ in 0..<400 where progress.next != .finish {
                guard let event = Self.events.randomElement(using: &random) else { return }
                _ = event.1(&progress)
            }
            #expect(progress.state.isFinal)
            let history = progress.news.map(\.what)
            #expect(OrderProgress.Event.isComplete(history), "\(history)")
            #expect(progress.news.map(\.number) == Array(1...progress.version))
        }
    }

    @Test
    func saysWhatIsNext() {
        var progress = OrderProgress(placing: .market)
        #expect(progress.next == .reserve)
        #expect(progress.reserved() && progress.next == .begin)
        #expect(progress.began() && progress.next == .submit)
        #expect(progress.filled() && progress.next == .settle)
        #expect(progress.settled() && progress.next == .finish)
        var limit = OrderProgress(placing: .limit)
        #expect(limit.reserved() && limit.next == .wait)
        #expect(limit.began() && limit.returned() && limit.next == .wait)
        #expect(limit.expired() && limit.next == .settle)
        var poor = OrderProgress(placing: .market)
        #expect(poor.refused("insufficient-funds") && poor.next == .finish && poor.problem == "insufficient-funds")
    }
}
