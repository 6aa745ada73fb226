import Contracts
import Money
import RPC
import TestServers
import Testing

@testable import WalletService

@Suite
struct OrderTermsTests {
    private static func request(_ change: (inout WalletOrderRequest) -> Void) -> WalletOrderRequest {
        var request = WalletOrderRequest()
        request.symbol = "AAPL"
        request.side = "buy"
        request.type = "market"
        request.quantity = "1"
        change(&request)
        return request
    }

    private static func message(_ change: (inout WalletOrderRequest) -> Void) -> String? {
        do {
            _ = try OrderTerms(request(change))
            return nil
        } catch {
            return error.message
        }
    }

    @Test
    func readsWhatMakesSense() throws {
        let terms = try OrderTerms(
            Self.request {
                $0.type = "limit"
                $0.limitPrice = "12.3400"
                $0.quantity = "0.000000001"
            }
        )
        let (quantity, limit) = (terms.quantity, terms.limit)
        #expect(quantity == "0.000000001" && limit == "12.34" && terms.timeInForce == .day)
        #expect(terms.fingerprint == "AAPL buy limit day 0.000000001 - 12.34")
    }

    @Test
    func refusesTheRest() {
        #expect(Self.message { $0.quantity = "0" } == "quantity: must be above zero")
        #expect(Self.message { $0.quantity = "-1" } == "quantity: must be above zero")
        #expect(Self.message { $0.quantity = "1e3" } == "quantity: must be a decimal, such as 12.34")
        #expect(Self.message { $0.quantity = "+1" }?.contains("decimal") == true)
        let places = "quantity: must have at most 9 decimal places"
        #expect(Self.message { $0.quantity = "0.0000000001" } == places)
        #expect(Self.message { $0.quantity = "0.00000000000000000001" } == places)
        #expect(Self.message { $0.quantity = "1000000000.1" } == "quantity: must be at most 1000000000")
        let digits = String(repeating: "9", count: 60)
        #expect(Self.message { $0.quantity = digits } == "quantity: must be at most 1000000000")
        #expect(Self.message { $0.amount = "5" }?.contains("not both") == true)
        #expect(Self.message { $0.quantity = "" }?.contains("not both") == true)
        #expect(Self.message { ($0.quantity, $0.amount) = ("", "1.001") }?.contains("at most 2") == true)
        #expect(Self.message { $0.type = "limit" }?.contains("limitPrice") == true)
        #expect(Self.message { $0.limitPrice = "1" }?.contains("limitPrice") == true)
        #expect(Self.message { $0.type = "stop" } == "type: must be one of market, limit")
        #expect(Self.message { $0.side = "" }?.contains("side") == true)
        #expect(Self.message { $0.timeInForce = "ioc" }?.contains("timeInForce") == true)
        #expect(Self.message { $0.symbol = "aapl" }?.contains("symbol") == true)
    }

    @Test
    func amountsNeverBuyMoreThanTheyPayFor() throws {
        var random = SeededGenerator(seed: 3)
        for _ in 0..<5000 {
            let amount = try ExactDecimal(coefficient: Int128(Int.random(in: 1...10_000_000, using: &random)), scale: 2)
            let price = try ExactDecimal(coefficient: Int128(Int.random(in: 1...5_000_000, using: &random)), scale: 4)
            let fee = try ExactDecimal(coefficient: Int128(Int.random(in: 0...200, using: &random)), scale: 2)
            let bought = try OrderCost.bought(for: amount, at: price, fee: fee)
            if bought.signum > 0 {
                #expect(try OrderCost.paid(bought, at: price, fee: fee, .usd) <= amount)
            }
            let sold = try OrderCost.sold(for: amount, at: price)
            #expect(try OrderCost.received(sold, at: price, fee: 0, .usd).total >= amount)
        }
    }
}
