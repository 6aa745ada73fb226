import Money
import Plugin

extension BrokerageCompatibility {
    /// Orders that wait for their price.
    static let waiting: [BrokerageCheck] = [
        BrokerageCheck("a limit that is not reached waits") { end in
            let brokerage = try await end.brokerage(isKnown: true)
            let quote = TestOrder.quote()
            let order = TestOrder.make(id: "w", limit: 90, .gtc)
            try TestOrder.expect(try await brokerage.submit(order, at: quote), "open")
            try TestOrder.expect(try await brokerage.submit(order, at: quote), "open")
            try await TestOrder.executions(0, end)
        },
        BrokerageCheck("who forgets says whether a price may change anything", needs: [.forgets]) { end in
            let brokerage = try await end.brokerage(isKnown: true)
            let order = TestOrder.make(id: "w", limit: 90, .gtc)
            try BrokerageViolation.unless(brokerage.books == nil, "it has books")
            try BrokerageViolation.unless(!brokerage.mayFill(order, at: TestOrder.quote()), "100 is not 90")
            try BrokerageViolation.unless(brokerage.mayFill(order, at: TestOrder.quote(90)), "90 is 90")
        },
        BrokerageCheck("who keeps orders names his books, and fills them when their price comes", needs: [.keepsOrders])
        {
            end in
            let brokerage = try await end.brokerage(isKnown: true)
            let books = brokerage.books
            let other = try await end.brokerage(isKnown: true).books
            try BrokerageViolation.unless(books != nil && books == other, "no books, or other ones")
            let (order, quote) = (TestOrder.make(id: "w", limit: 90, .gtc), TestOrder.quote())
            try TestOrder.expect(try await brokerage.submit(order, at: quote), "open")
            try await end.price("89.50")
            let fill = try TestOrder.fill(try await TestOrder.settled(.open, order, quote, brokerage))
            try BrokerageViolation.unless(fill.price == "89.50", "filled at \(fill.price)")
        },
        BrokerageCheck("what is taken back is not filled later", needs: [.keepsOrders]) { end in
            let brokerage = try await end.brokerage(isKnown: true)
            let (order, quote) = (TestOrder.make(id: "w", limit: 90, .gtc), TestOrder.quote())
            try TestOrder.expect(try await brokerage.submit(order, at: quote), "open")
            let first = try await brokerage.cancel(order, at: quote)
            try TestOrder.expect(try await TestOrder.settled(first ?? .open, order, quote, brokerage), "cancelled")
            // Again, and too late.
            try TestOrder.expect(try await brokerage.cancel(order, at: quote), "cancelled")
            try await end.price("80.00")
            try TestOrder.expect(try await brokerage.submit(order, at: quote), "cancelled")
            try await TestOrder.executions(0, end)
        },
        BrokerageCheck("a cancel that comes too late finds the fill", needs: [.keepsOrders]) { end in
            let brokerage = try await end.brokerage(isKnown: true)
            let (order, quote) = (TestOrder.make(id: "m"), TestOrder.quote())
            _ = try TestOrder.fill(try await TestOrder.settled(order, quote, brokerage))
            _ = try TestOrder.fill(try await brokerage.cancel(order, at: quote))
        },
        BrokerageCheck("a fill wins over the cancel that it meets", needs: [.keepsOrders, .misbehaves]) { end in
            let brokerage = try await end.brokerage(isKnown: true)
            let (order, quote) = (TestOrder.make(id: "w", limit: "100.00", .gtc), TestOrder.quote())
            try await end.plan(["hold"])
            try TestOrder.expect(try await brokerage.submit(order, at: quote), "open")
            try await end.planCancels(["late"])
            _ = try TestOrder.fill(try await brokerage.cancel(order, at: quote))
            try await TestOrder.executions(1, end)
        },
        BrokerageCheck("a part that was executed is the fill when the rest is taken back", needs: [.misbehaves]) {
            end in
            let brokerage = try await end.brokerage(isKnown: true)
            let (order, quote) = (TestOrder.make(id: "p", 10, limit: 101, .gtc), TestOrder.quote())
            try await end.plan(["half"])
            // A part is not told before the rest is decided.
            try TestOrder.expect(try await brokerage.submit(order, at: quote), "open")
            try await end.planCancels(["slow"])
            let first = try await brokerage.cancel(order, at: quote)
            let fill = try TestOrder.fill(try await TestOrder.settled(first ?? .open, order, quote, brokerage))
            try BrokerageViolation.unless(fill.quantity == 5, "\(fill.quantity) instead of a half of 10")
        },
        BrokerageCheck("a part that the exchange takes back is no fill", needs: [.misbehaves]) { end in
            let brokerage = try await end.brokerage(isKnown: true)
            let (order, quote) = (TestOrder.make(id: "b", limit: 101, .gtc), TestOrder.quote())
            try await end.plan(["bust"])
            try TestOrder.expect(try await brokerage.submit(order, at: quote), "open")
            let first = try await brokerage.cancel(order, at: quote)
            try TestOrder.expect(try await TestOrder.settled(first ?? .open, order, quote, brokerage), "cancelled")
        },
        BrokerageCheck("the broker ends orders: with nothing, or with a part", needs: [.misbehaves]) { end in
            let brokerage = try await end.brokerage(isKnown: true)
            let quote = TestOrder.quote()
            let plans = [
                ("reject", "refused refused"), ("expire", "expired"), ("cancel", "cancelled"),
                ("half-expire", "filled"), ("half-cancel", "filled"),
            ]
            for (plan, wanted) in plans {
                try await end.plan([plan])
                let order = TestOrder.make(id: plan, 4)
                let outcome = try await TestOrder.settled(order, quote, brokerage)
                try TestOrder.expect(outcome, wanted)
                if case .filled(let fill) = outcome {
                    try BrokerageViolation.unless(fill.quantity == 2, "\(fill.quantity) instead of a half of 4")
                }
            }
        },
    ]
}
