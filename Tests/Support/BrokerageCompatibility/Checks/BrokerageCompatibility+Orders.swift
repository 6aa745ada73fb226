import Money
import Plugin

extension BrokerageCompatibility {
    /// What an order does, and what it never does.
    static let orders: [BrokerageCheck] = [
        BrokerageCheck("a probe with wrong credentials fails", needs: [.checksCredentials]) { end in
            do {
                _ = try await end.brokerage(isKnown: false)
            } catch { return }
            throw BrokerageViolation(description: "wrong credentials are good")
        },
        BrokerageCheck("orders at the market's price are filled whole, within what was estimated") { end in
            let brokerage = try await end.brokerage(isKnown: true)
            let quote = TestOrder.quote()
            for (side, time) in zip(BrokerageOrder.Side.allCases, BrokerageOrder.TimeInForce.allCases) {
                let asked = TestOrder.make(side, id: "m-\(side)", "1.5", time)
                let estimate = try brokerage.estimate(asked, at: quote)
                let order = TestOrder.make(side, id: "m-\(side)", "1.5", worst: estimate.worstPrice, time)
                let fill = try TestOrder.fill(try await TestOrder.settled(order, quote, brokerage))
                let isWithin =
                    side == .buy ? fill.price <= estimate.worstPrice : fill.price >= estimate.worstPrice
                try BrokerageViolation.unless(isWithin, "\(fill.price) is worse than \(estimate.worstPrice)")
                try BrokerageViolation.unless(fill.quantity == "1.5", "\(fill.quantity) instead of 1.5")
                try BrokerageViolation.unless(fill.fee <= estimate.fee, "a fee above the estimate")
                let why = fill.explanation
                try BrokerageViolation.unless(why.contains("test quote 100 USD of 2026-01-01T00:00:00"), why)
            }
            try await TestOrder.executions(2, end)
        },
        BrokerageCheck("a limit that is reached is filled no worse than the limit") { end in
            let brokerage = try await end.brokerage(isKnown: true)
            let quote = TestOrder.quote()
            let limits: [(BrokerageOrder.Side, ExactDecimal)] = [(.buy, "100.01"), (.sell, "99.99")]
            for (side, limit) in limits {
                let order = TestOrder.make(side, id: "l-\(side)", limit: limit)
                let fill = try TestOrder.fill(try await TestOrder.settled(order, quote, brokerage))
                let isWithin = side == .buy ? fill.price <= limit : fill.price >= limit
                try BrokerageViolation.unless(isWithin, "\(fill.price) is worse than \(limit)")
            }
        },
        BrokerageCheck("decimals are exact") { end in
            let brokerage = try await end.brokerage(isKnown: true)
            try await end.price("33.33")
            let quote = TestOrder.quote("33.33")
            for text: ExactDecimal in ["0.000000001", "0.123456789", "123456.000000001"] {
                let order = TestOrder.make(id: "d-\(text.coefficient)", text)
                let fill = try TestOrder.fill(try await TestOrder.settled(order, quote, brokerage))
                try BrokerageViolation.unless(fill.quantity == text, "\(fill.quantity) instead of \(text)")
            }
        },
        BrokerageCheck("a closed market takes no order at its price") { end in
            let brokerage = try await end.brokerage(isKnown: true)
            let closed = TestOrder.quote(isOpen: false)
            try await TestOrder.failure(.marketClosed) {
                _ = try brokerage.estimate(TestOrder.make(id: "c"), at: closed)
            }
            _ = try brokerage.estimate(TestOrder.make(id: "c", limit: 90), at: closed)
        },
        BrokerageCheck("an amount is spent, and no more of it", needs: [.spendsAmounts]) { end in
            let brokerage = try await end.brokerage(isKnown: true)
            try await end.price("33.33")
            let quote = TestOrder.quote("32.00")
            let order = TestOrder.make(id: "a", "31.25", amount: "1000.00")
            let fill = try TestOrder.fill(try await TestOrder.settled(order, quote, brokerage))
            // 1000 / 33.33, cut at nine places; not what the quote would have come to.
            try BrokerageViolation.unless(fill.quantity == "30.003000300", "\(fill.quantity) were bought")
            let cost = try fill.quantity * fill.price
            try BrokerageViolation.unless(cost <= 1000 && cost > "999.99", "\(cost) was spent")
        },
    ]
}
