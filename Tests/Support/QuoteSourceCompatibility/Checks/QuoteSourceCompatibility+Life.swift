import Money
import Plugin
import Reactor

extension QuoteSourceCompatibility {
    /// Cancellation and the end of a driver.
    static let life: [QuoteCheck] = [
        QuoteCheck("a cancelled task ends the call with `cancelled`") { end in
            let source = try end.source(.normal)
            let symbols = some(end)
            let symbol = end.facts.bars.keys.sorted()[0]
            let task = Task {
                // Cancelled before the call begins.
                while !Task.isCancelled { await Task.yield() }
                try await fails(.cancelled, "quotes") { _ = try await source.quotes(symbols) }
                try await fails(.cancelled, "bars") {
                    _ = try await source.bars(symbol, from: .earliest, through: .latest)
                }
                try await fails(.cancelled, "actions") { _ = try await source.actions(symbol) }
                try await fails(.cancelled, "companies") { _ = try await source.companies() }
            }
            task.cancel()
            try await task.value
            // The driver is as good as before.
            _ = try await quote(symbols[0], source)
            await source.close()
        },
        QuoteCheck("a call that waits for the source ends when its task is cancelled", needs: [.silent]) { end in
            let source = try end.source(.silent)
            let symbols = some(end)
            let before = try await end.requestCount() ?? 0
            let task = Task { try await fails(.cancelled, "quotes") { _ = try await source.quotes(symbols) } }
            while try await end.requestCount() ?? 0 == before { await Task.yield() }
            let start = MonotonicTime.now()
            task.cancel()
            _ = try await task.value
            let took = start.duration(to: .now())
            try QuoteViolation.unless(took < .milliseconds(500), "it took \(took)")
            await source.close()
        },
        QuoteCheck("many calls at once do not mix their answers") { end in
            let source = try end.source(.normal)
            let expected = end.facts.quotes
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<8 {
                    for (symbol, quote) in expected {
                        group.addTask {
                            let got = try await Self.quote(symbol, source)
                            try QuoteViolation.unless(got == quote, "\(got)\ninstead of \(quote)")
                        }
                    }
                }
                try await group.waitForAll()
            }
            await source.close()
        },
        QuoteCheck("a closed driver fails calls, and close can wait for none", needs: [.unreachable]) { end in
            let source = try end.source(.normal)
            _ = try await quote(some(end)[0], source)
            await source.close()
            try await fails(.upstream, "a call of a closed driver") { _ = try await source.quotes(some(end)) }
        },
    ]
}
