import Money
import Observe
import Plugin
import Testing

@testable import AlpacaBrokerage

@Suite struct AlpacaOrderTests {
    private let quote = BrokerageQuote(
        price: 100,
        currency: .usd,
        day: nil,
        asOf: WallTime(secondsSinceEpoch: 0),
        source: "test",
        isOpen: true
    )
    private let order = BrokerageOrder(id: "o", symbol: "AAPL", side: .buy, quantity: 3, limit: 101)

    private func outcome(_ status: String, filled: String = "\"0\"", price: String = "null") throws -> String {
        let text = """
            {"id":"a-1","client_order_id":"o","symbol":"AAPL","side":"buy","status":"\(status)","filled_qty":\(filled),
            "filled_avg_price":\(price),"filled_at":"2026-01-02T03:04:05.123456789Z"}
            """
        switch try AlpacaOrder(Array(text.utf8)).outcome(order, at: quote, bound: order.limit) {
        case .open: return "open"
        case .cancelled: return "cancelled"
        case .expired: return "expired"
        case .refused(let code): return "refused \(code)"
        case .filled(let fill):
            let (quantity, price) = (fill.quantity, fill.price)
            return "\(quantity) at \(price) \(fill.executedAt.nanosecondsOfSecond)"
        }
    }

    @Test func everyStatusMeansOneThing() throws {
        let waiting = [
            "new", "partially_filled", "accepted", "pending_new", "accepted_for_bidding", "held", "stopped",
            "suspended",
            "calculated", "done_for_day", "pending_cancel", "pending_replace",
        ]
        for status in waiting { #expect(try outcome(status, filled: "\"1\"", price: "\"100\"") == "open") }
        #expect(try outcome("canceled") == "cancelled")
        #expect(try outcome("expired") == "expired")
        #expect(try outcome("rejected") == "refused refused")
        for status in ["replaced", "brand_new", ""] {
            #expect(throws: BrokerageError.self) { try outcome(status) }
        }
        for status in ["canceled", "expired", "rejected"] {
            let found = try outcome(status, filled: "\"1.5\"", price: "\"100.123456789\"")
            #expect(found == "1.5 at 100.123456789 123456789")
        }
        #expect(try outcome("filled", filled: "\"3\"", price: "\"101\"") == "3 at 101.0000 123456789")
    }

    @Test(arguments: [
        ("\"0\"", "null"), ("\"3\"", "null"), ("\"2\"", "\"100\""), ("\"4\"", "\"100\""), ("\"3\"", "\"101.01\""),
        ("3", "\"100\""), ("\"3\"", "100"), ("\"3e0\"", "\"100\""), ("\"-3\"", "\"100\""), ("\"3\"", "\"0\""),
        ("\"2.9999999999\"", "\"100\""),
    ])
    func aFillThatCannotBeIsNone(_ filled: String, _ price: String) {
        #expect(throws: BrokerageError.self) { try outcome("filled", filled: filled, price: price) }
    }

    @Test func anotherOrderIsNotOurs() throws {
        for text in [
            "{}", "[]", "", "{\"id\":1}",
            "{\"id\":\"a\",\"client_order_id\":\"p\",\"symbol\":\"AAPL\",\"side\":\"buy\",\"status\":\"new\"}",
            "{\"id\":\"a\",\"client_order_id\":\"o\",\"symbol\":\"MSFT\",\"side\":\"buy\",\"status\":\"new\"}",
            "{\"id\":\"a\",\"client_order_id\":\"o\",\"symbol\":\"AAPL\",\"side\":\"sell\",\"status\":\"new\"}",
        ] {
            #expect(throws: BrokerageError.self) {
                try AlpacaOrder(Array(text.utf8)).outcome(order, at: quote, bound: nil)
            }
        }
    }

    @Test func collarsAreAllowedPrices() throws {
        let prices = AlpacaPrices(collar: 500)
        for (price, buy, sell): (ExactDecimal, ExactDecimal, ExactDecimal) in [
            ("100", "105", "95"), ("33.33", "34.99", "31.67"), ("0.0012", "0.0012", "0.0012"),
            ("0.99", "1.03", "0.9405"),
        ] {
            let quote = BrokerageQuote(
                price: price,
                currency: .usd,
                day: nil,
                asOf: WallTime(secondsSinceEpoch: 0),
                source: "test",
                isOpen: true
            )
            for (side, wanted) in [(BrokerageOrder.Side.buy, buy), (.sell, sell)] {
                let worst = try prices.worst(side, quote)
                #expect(worst == wanted && AlpacaPrices.isAllowed(worst))
            }
        }
        #expect(
            !AlpacaPrices.isAllowed("1.001") && AlpacaPrices.isAllowed("0.0001") && !AlpacaPrices.isAllowed("0.00001")
        )
    }

    /// The bound of an order that another brokerage estimated before the swap has more places than Alpaca takes.
    @Test func aBoundOfAnotherBrokerageIsMadeAllowed() throws {
        for (side, worst, limit): (BrokerageOrder.Side, ExactDecimal, ExactDecimal) in [
            (.buy, "665.7832", "665.78"), (.sell, "665.7832", "665.79"), (.buy, "105", "105"),
            (.buy, "0.12345", "0.1234"), (.sell, "0.12345", "0.1235"),
        ] {
            let order = BrokerageOrder(id: "o", symbol: "AAPL", side: side, quantity: 3, limit: nil, worstPrice: worst)
            #expect(try AlpacaTicket(order, at: quote, AlpacaPrices(collar: 500)).limit == limit)
        }
    }
}
