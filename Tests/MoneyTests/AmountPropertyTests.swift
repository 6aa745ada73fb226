import TestServers
import Testing

@testable import Money

@Suite struct AmountPropertyTests {
    private static let currencies: [Currency] = ["USD", "EUR", "JPY", "KWD", "CLF"]

    @Test func `shares add up, and none is a unit off`() throws {
        var generator = SeededGenerator(seed: 11)
        for _ in 0..<3000 {
            let currency = try #require(Self.currencies.randomElement(using: &generator))
            let amount = try cash(currency, &generator)
            let weights = try (0..<Int.random(in: 1...9, using: &generator)).map { _ in
                try ExactDecimal(
                    coefficient: Int128.random(in: 0...1_000_000, using: &generator),
                    scale: Int.random(in: 0...6, using: &generator)
                )
            }
            let total = try weights.reduce(ExactDecimal.zero) { try $0 + $1 }
            if total.isZero { continue }
            let parts = try amount.shared(by: weights)
            #expect(try Amount.sum(of: parts, in: currency) == amount)
            let unit = try ExactDecimal(coefficient: 1, scale: currency.minorUnits)
            for (part, weight) in zip(parts, weights) {
                let exact = try amount.value.multiplied(by: weight, scale: 12, rounding: .halfEven)
                    .divided(by: total, scale: 12, rounding: .halfEven)
                #expect(try (part.value - exact).magnitude < unit)
                #expect(part.value.scale == currency.minorUnits)
                #expect(part.signum == 0 || part.signum == amount.signum)
                if weight.isZero { #expect(part.isZero) }
            }
            // A larger weight never gets less.
            for (left, right) in zip(parts, weights).map({ ($0, $1) }).sorted(by: { $0.1 < $1.1 }).adjacent {
                if left.1 < right.1 { #expect(left.0.value.magnitude <= right.0.value.magnitude) }
            }
        }
    }

    @Test func `shares by hand`() throws {
        let thirds = try Amount("100.00", .usd).shared(by: [1, 1, 1]).map(\.description)
        #expect(thirds == ["33.34 USD", "33.33 USD", "33.33 USD"])
        let debt = try Amount("-0.05", .usd).shared(by: ["0.7", "0.3"]).map(\.description)
        #expect(debt == ["-0.04 USD", "-0.01 USD"])
        #expect(try Amount("0.01", .usd).shared(by: [0, 5]).map(\.description) == ["0.00 USD", "0.01 USD"])
        #expect(throws: DecimalError(.inexact, "")) { try Amount("0.001", .usd).shared(by: [1]) }
        #expect(throws: DecimalError(.divisionByZero, "")) { try Amount("1", .usd).shared(by: [0, 0]) }
        #expect(throws: DecimalError(.divisionByZero, "")) { try Amount("1", .usd).shared(by: []) }
        let most: ExactDecimal = "99999999999999999999999999999999999999"
        #expect(throws: DecimalError(.overflow, "")) { try Amount("1", .usd).shared(by: [most, most]) }
        #expect(try Amount(most, "JPY").shared(by: [most, 0]) == [Amount(most, "JPY"), .zero("JPY")])
    }

    @Test func `each rounding of a division lies where its name says`() throws {
        var generator = SeededGenerator(seed: 12)
        for _ in 0..<3000 {
            let currency = try #require(Self.currencies.randomElement(using: &generator))
            let amount = try cash(currency, &generator)
            let divisor = try ExactDecimal(
                coefficient: Int128.random(in: 1...100_000, using: &generator),
                scale: Int.random(in: 0...4, using: &generator)
            )
            func rounded(_ rounding: ExactDecimal.Rounding) throws -> ExactDecimal {
                try amount.divided(by: divisor, rounding: rounding).value
            }
            let (down, up) = (try rounded(.floor), try rounded(.ceiling))
            let unit = try ExactDecimal(coefficient: 1, scale: currency.minorUnits)
            // The quotient itself, times the divisor, lies between: an exact test without another division.
            #expect(try down * divisor <= amount.value && amount.value <= up * divisor)
            #expect(try down == up || down + unit == up)
            #expect(try rounded(.towardZero) == (amount.isNegative ? up : down))
            #expect(try rounded(.awayFromZero) == (amount.isNegative ? down : up))
            for rounding in [ExactDecimal.Rounding.halfEven, .halfAwayFromZero] {
                let near = try rounded(rounding)
                #expect(near == down || near == up)
                // Twice the distance is at most one unit.
                let distance = try (near * divisor - amount.value).magnitude * 2
                #expect(try distance <= unit * divisor)
            }
        }
    }

    @Test func `sums obey the laws, and what is read is what was written`() throws {
        var generator = SeededGenerator(seed: 13)
        for _ in 0..<3000 {
            let currency = try #require(Self.currencies.randomElement(using: &generator))
            let (a, b) = (try cash(currency, &generator), try cash(currency, &generator))
            #expect(try a + b == b + a)
            #expect(try a + b - b == a)
            #expect(try (a - b).signum == a.compare(b))
            let back = try Amount(parsing: a.value.description, currency: a.currency.code)
            #expect(back == a && back.value.scale == a.value.scale)
            #expect(
                try a.ratio(to: a.isZero ? Amount(1, currency) : a, scale: 4, rounding: .floor) == (a.isZero ? 0 : 1)
            )
        }
    }

    @Test func `what has no answer is an error`() {
        let most = Amount("99999999999999999999999999999999999999", .usd)
        #expect(throws: DecimalError(.overflow, "")) { try most + most }
        #expect(throws: DecimalError(.overflow, "")) { try most.roundedToCash(.floor) }
        #expect(throws: DecimalError(.overflow, "")) { try most.divided(by: "0.1", rounding: .floor) }
        #expect(throws: DecimalError(.overflow, "")) { try Amount.sum(of: [most, Amount(1, .usd)], in: .usd) }
        #expect(throws: DecimalError(.divisionByZero, "")) { try most.divided(by: 0, rounding: .floor) }
        #expect(throws: DecimalError(.currencyMismatch, "")) { try Amount.sum(of: [most], in: .eur) }
        #expect(throws: DecimalError(.currencyMismatch, "")) {
            try Amount(1, .usd).ratio(to: Amount(1, .eur), scale: 2, rounding: .floor)
        }
        for (amount, currency) in [("1,00", "USD"), ("", "USD"), ("1.00", "usd"), ("1.00", ""), ("1e2", "USD")] {
            #expect(throws: DecimalError(.malformed, "")) { try Amount(parsing: amount, currency: currency) }
        }
    }

    private func cash(_ currency: Currency, _ generator: inout SeededGenerator) throws -> Amount {
        let coefficient = Int128.random(in: -1_000_000_000_000...1_000_000_000_000, using: &generator)
        return Amount(try ExactDecimal(coefficient: coefficient, scale: currency.minorUnits), currency)
    }
}

extension Array {
    /// Each element with the one behind it.
    fileprivate var adjacent: Zip2Sequence<Self, ArraySlice<Element>> { zip(self, dropFirst()) }
}
