import Money
import Plugin

extension BrokerageCompatibility {
    /// Asking again.
    static let repeats: [BrokerageCheck] = [
        BrokerageCheck("the same question has the same answer, and no second effect") { end in
            let brokerage = try await end.brokerage(isKnown: true)
            let (order, quote) = (TestOrder.make(id: "same"), TestOrder.quote())
            let first = try TestOrder.fill(try await TestOrder.settled(order, quote, brokerage))
            try await end.price("101.00")
            for _ in 0..<3 {
                let again = try TestOrder.fill(try await TestOrder.settled(order, quote, brokerage))
                try BrokerageViolation.unless(
                    again.price == first.price && again.quantity == first.quantity && again.fee == first.fee,
                    "\(again.quantity) at \(again.price) instead of \(first.quantity) at \(first.price)"
                )
            }
            try await TestOrder.executions(1, end)
        },
        BrokerageCheck("fifty who ask at once have one answer") { end in
            let brokerage = try await end.brokerage(isKnown: true)
            let (order, quote) = (TestOrder.make(id: "crowd"), TestOrder.quote())
            let fills = try await withThrowingTaskGroup(of: BrokerageFill.self) { group in
                for _ in 0..<50 {
                    group.addTask { try TestOrder.fill(try await TestOrder.settled(order, quote, brokerage)) }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            for fill in fills {
                try BrokerageViolation.unless(
                    fill.price == fills[0].price && fill.quantity == 3,
                    "\(fill.quantity) at \(fill.price)"
                )
            }
            try await TestOrder.executions(1, end)
        },
        BrokerageCheck("nobody knows an order that was never given") { end in
            let brokerage = try await end.brokerage(isKnown: true)
            let (order, quote) = (TestOrder.make(id: "never"), TestOrder.quote())
            try TestOrder.expect(try await brokerage.find(order, at: quote), "unknown")
            try TestOrder.expect(try await brokerage.cancel(order, at: quote), "unknown")
            try await TestOrder.executions(0, end)
        },
        BrokerageCheck("a cancelled task ends, and the order is asked for again") { end in
            let brokerage = try await end.brokerage(isKnown: true)
            let (order, quote) = (TestOrder.make(id: "gone"), TestOrder.quote())
            let task = Task { try await brokerage.submit(order, at: quote) }
            task.cancel()
            do {
                _ = try await task.value
            } catch let error as BrokerageError {
                try BrokerageViolation.unless(error.code == .cancelled, "\(error)")
            }
            _ = try TestOrder.fill(try await TestOrder.settled(order, quote, brokerage))
            try await TestOrder.executions(1, end)
        },
    ]
}
