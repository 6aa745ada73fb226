import Config
import Digest
import Money
import Observe
import Plugin
import Reactor
import Testing

@testable import ReplayQuotes

/// What is told is the same on every machine and in every run, given seed and clock.
@Suite struct ReplayDeterminismTests {
    /// Everything that a replay tells of its market at some moments, as one text.
    private func history(seed: Int) async throws -> String {
        let loops = try EventLoopGroup(count: 1)
        defer { loops.shutdown() }
        let epoch = WallTime(secondsSinceEpoch: 1_767_225_600)
        let start = try CalendarDate(parsing: "2000-06-01")
        let settings = ReplaySettings(pace: 1000, start: start, epoch: epoch, seed: seed)
        let lines = Lines()
        for moment in [0, 11, 24, 61, 1234] {
            let driver = try ReplayDriver(settings: settings, loops: loops) { epoch.advanced(by: .seconds(moment)) }
            let symbols = try await driver.companies().map(\.symbol)
            let quotes = try await driver.quotes(symbols)
            for symbol in symbols {
                if case .success(let quote) = quotes[symbol] { lines.add(Self.text(quote)) }
                if moment == 1234 {
                    for bar in try await driver.bars(symbol, from: .earliest, through: .latest) {
                        lines.add("\(symbol) \(bar.day) \(bar.open) \(bar.high) \(bar.low) \(bar.close) \(bar.volume)")
                    }
                    for action in try await driver.actions(symbol) { lines.add("\(action.id) \(action.kind)") }
                }
            }
        }
        return lines.text
    }

    private static func text(_ quote: SourceQuote) -> String {
        let numbers = [quote.price, quote.open, quote.high, quote.low, quote.previousClose].map {
            $0?.description ?? "-"
        }
        return "\(quote.symbol) \(quote.asOf) \(numbers) \(quote.volume ?? -1) \(quote.origin) \(quote.session)"
    }

    /// Prices stay behind a reference: they are of 128 bits.
    private final class Lines {
        private var lines: [String] = []
        func add(_ line: String) { lines.append(line) }
        var text: String { lines.joined(separator: "\n") }
    }

    @Test func `two runs are the same to the byte, and so is every other run`() async throws {
        let one = try await history(seed: 0)
        let two = try await history(seed: 0)
        #expect(one == two)
        #expect(one.split(separator: "\n").count > 2000)
        // Committed: another machine, another year, another build of the driver must tell the same.
        let hash = "2990b7c4723d2e1f87dd3747702822853117279518e99bdf93badd83a8c5f91e"
        #expect(Hexadecimal.text(SHA256.hash(Array(one.utf8))) == hash)
    }

    @Test func `another seed gives other prices within the days, and the same days`() async throws {
        let one = try await history(seed: 0).split(separator: "\n")
        let two = try await history(seed: 1).split(separator: "\n")
        #expect(one.count == two.count)
        let different = zip(one, two).filter { $0 != $1 }
        #expect(different.count > 50)
        #expect(different.allSatisfy { $0.0.contains("[") }, "only quotes depend on the seed")
    }

    @Test func `the speed is what is asked for, from 1 to 23400`() throws {
        for pace in [1, 60, 1000, 23_400] {
            let settings = try Settings(
                declared: ReplayDriver.settings,
                environment: ["LONJA_MARKET_REPLAY_PACE": "\(pace)", "LONJA_MARKET_REPLAY_SEED": "7"]
            )
            let replay = try ReplaySettings(settings)
            #expect(replay.pace == pace && replay.seed == 7)
            let market = try ReplayMarket(Catalogue(BarFile.bundled()), replay)
            let one = market.clock.moment(at: replay.epoch)
            let two = market.clock.moment(at: replay.epoch.advanced(by: .seconds(1)))
            let passed = (two.index - one.index) * NewYorkTime.session + two.second - one.second
            #expect(passed == pace)
        }
        #expect(throws: (any Error).self) {
            try Settings(declared: ReplayDriver.settings, environment: ["LONJA_MARKET_REPLAY_PACE": "0"])
        }
    }
}
