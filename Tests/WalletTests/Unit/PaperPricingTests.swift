import Config
import Money
import Observe
import Plugin
import TestServers
import Testing

@testable import PaperBrokerage

@Suite
struct PaperPricingTests {
    private static func quote(
        _ price: ExactDecimal,
        day: ClosedRange<ExactDecimal>? = nil,
        isOpen: Bool = true
    ) -> BrokerageQuote {
        BrokerageQuote(
            price: price,
            currency: .usd,
            day: day,
            asOf: WallTime(secondsSinceEpoch: 1_767_225_600),
            source: "test",
            isOpen: isOpen
        )
    }

    private static func order(_ side: BrokerageOrder.Side, limit: ExactDecimal? = nil) -> BrokerageOrder {
        BrokerageOrder(id: "o", symbol: "AAPL", side: side, quantity: 3, limit: limit)
    }

    private let pricing = PaperPricing(spread: 10, slippage: 5, fee: "1.00")

    @Test
    func buyersPayMoreAndSellersGetLess() throws {
        #expect(try pricing.marketPrice(.buy, Self.quote("100")) == "100.1")
        #expect(try pricing.marketPrice(.sell, Self.quote("100")) == "99.9")
        // Rounded against the client, at four places.
        #expect(try pricing.marketPrice(.buy, Self.quote("0.0333")) == "0.0334")
        #expect(try pricing.marketPrice(.sell, Self.quote("0.0333")) == "0.0332")
    }

    @Test
    func noFillLiesOutsideOfItsBar() throws {
        var random = SeededGenerator(seed: 7)
        for _ in 0..<2000 {
            let low = Int.random(in: 1...100_000, using: &random)
            let high = low + Int.random(in: 0...200, using: &random)
            let price = Int.random(in: low...high, using: &random)
            let bar =
                try ExactDecimal(
                    coefficient: Int128(low),
                    scale: 3
                )...ExactDecimal(
                    coefficient: Int128(high),
                    scale: 3
                )
            let quote = Self.quote(try ExactDecimal(coefficient: Int128(price), scale: 3), day: bar)
            for side in BrokerageOrder.Side.allCases {
                let limit = try ExactDecimal(coefficient: Int128(Int.random(in: low...high, using: &random)), scale: 3)
                #expect(bar.contains(try pricing.marketPrice(side, quote)))
                if let filled = try pricing.fillPrice(side, limit: limit, quote) {
                    #expect(side == .buy ? filled <= limit : filled >= limit)
                    #expect(bar.contains(filled))
                }
            }
        }
    }

    @Test
    func aLimitIsReachedWhenTheQuoteIs() throws {
        #expect(try pricing.fillPrice(.buy, limit: "99.99", Self.quote("100")) == nil)
        #expect(try pricing.fillPrice(.buy, limit: "100", Self.quote("100")) == "100")
        #expect(try pricing.fillPrice(.buy, limit: "101", Self.quote("100")) == "100.1")
        #expect(try pricing.fillPrice(.sell, limit: "100.01", Self.quote("100")) == nil)
        #expect(try pricing.fillPrice(.sell, limit: "100", Self.quote("100")) == "100")
        #expect(try pricing.fillPrice(.sell, limit: "99", Self.quote("100")) == "99.9")
    }

    @Test
    func theSameQuestionHasTheSameAnswer() async throws {
        let driver = PaperDriver(settings: PaperSettings(pricing: pricing, hours: .market))
        let quote = Self.quote("100")
        for _ in 0..<2 {
            guard case .filled(let fill) = try await driver.submit(Self.order(.buy), at: quote) else {
                Issue.record("not filled")
                return
            }
            let (quantity, price, fee) = (fill.quantity, fill.price, fill.fee)
            #expect(quantity == 3 && price == "100.1" && fee == 1)
            #expect(fill.explanation.contains("test quote 100 USD of 2026-01-01T00:00:00"))
        }
    }

    @Test
    func hoursAreKept() async throws {
        let closed = Self.quote("100", isOpen: false)
        let market = PaperDriver(settings: PaperSettings(pricing: pricing, hours: .market))
        #expect(throws: BrokerageError.self) { try market.estimate(Self.order(.buy), at: closed) }
        #expect(!market.mayFill(Self.order(.buy, limit: 200), at: closed))
        guard case .refused("market-closed") = try await market.submit(Self.order(.buy), at: closed),
            case .open = try await market.submit(Self.order(.buy, limit: 200), at: closed)
        else {
            Issue.record("filled at night")
            return
        }
        let always = PaperDriver(settings: PaperSettings(pricing: pricing, hours: .always))
        guard case .filled = try await always.submit(Self.order(.buy), at: closed) else {
            Issue.record("not filled")
            return
        }
    }

    @Test
    func aFeeThatIsNoneIsRefused() throws {
        for text in ["-1", "1.001", "x", "1001"] {
            let settings = try Settings(
                declared: PaperSettings.declared,
                environment: ["LONJA_WALLET_PAPER_FEE": text]
            )
            #expect(throws: ConfigurationError.self) { try PaperSettings(settings.snapshot) }
        }
    }
}
