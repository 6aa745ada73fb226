import Money
import Plugin
import Reactor

extension BrokerageCompatibility {
    /// What goes wrong on the way.
    static let faults: [BrokerageCheck] = [
        BrokerageCheck("an order whose answer is lost, late or unreadable was taken once", needs: [.misbehaves]) {
            end in
            let brokerage = try await end.brokerage(isKnown: true)
            let quote = TestOrder.quote()
            let plans = ["lost", "slow", "taken-500"]
            for (index, plan) in plans.enumerated() {
                try await end.plan([plan])
                let order = TestOrder.make(id: plan)
                let start = MonotonicTime.now()
                _ = try TestOrder.fill(try await TestOrder.settled(order, quote, brokerage))
                let took = start.duration(to: .now())
                try BrokerageViolation.unless(took < .seconds(10), "\(plan) took \(took)")
                try await TestOrder.executions(index + 1, end)
            }
            try await end.plan(["broken"])
            let order = TestOrder.make(id: "broken")
            try await TestOrder.failure(.malformed) { _ = try await brokerage.submit(order, at: quote) }
            _ = try TestOrder.fill(try await TestOrder.settled(order, quote, brokerage))
            try await TestOrder.executions(plans.count + 1, end)
        },
        BrokerageCheck("an order that was not taken fails, and can be given again", needs: [.misbehaves]) { end in
            let brokerage = try await end.brokerage(isKnown: true)
            let quote = TestOrder.quote()
            for plan in ["dropped", "500", "403"] {
                try await end.plan([plan])
                let order = TestOrder.make(id: plan)
                try await TestOrder.failure(.upstream) { _ = try await brokerage.submit(order, at: quote) }
                _ = try TestOrder.fill(try await TestOrder.settled(order, quote, brokerage))
            }
            try await TestOrder.executions(3, end)
        },
        BrokerageCheck("a limit of requests is kept", needs: [.misbehaves]) { end in
            let brokerage = try await end.brokerage(isKnown: true)
            let (order, quote) = (TestOrder.make(id: "t"), TestOrder.quote())
            try await end.plan(["429"])
            for _ in 0..<3 {
                try await TestOrder.failure(.throttled) { _ = try await brokerage.submit(order, at: quote) }
            }
            try await EventLoop.current?.sleep(for: .milliseconds(1100))
            _ = try TestOrder.fill(try await TestOrder.settled(order, quote, brokerage))
            try await TestOrder.executions(1, end)
        },
        BrokerageCheck("what the broker never takes is refused for good", needs: [.misbehaves]) { end in
            let brokerage = try await end.brokerage(isKnown: true)
            let quote = TestOrder.quote()
            let dear = TestOrder.make(id: "dear", 900_000_000, worst: 101)
            try TestOrder.expect(try await brokerage.submit(dear, at: quote), "refused broker-funds")
            let odd = TestOrder.make(id: "odd", "0.5", limit: 90, .gtc)
            try TestOrder.expect(try await brokerage.submit(odd, at: quote), "refused refused")
            try await TestOrder.failure(.unsupported) { _ = try brokerage.estimate(odd, at: quote) }
            let fine = TestOrder.make(id: "fine", limit: "90.123")
            try TestOrder.expect(try await brokerage.submit(fine, at: quote), "refused refused")
            try await TestOrder.failure(.unsupported) { _ = try brokerage.estimate(fine, at: quote) }
        },
        BrokerageCheck("numbers that went through floating point are not taken", needs: [.misbehaves]) { end in
            let brokerage = try await end.brokerage(isKnown: true)
            let (order, quote) = (TestOrder.make(id: "n"), TestOrder.quote())
            try await end.plan(["numbers"])
            try await TestOrder.failure(.malformed) { _ = try await brokerage.submit(order, at: quote) }
        },
    ]
}
