import Money
import Testing

@Suite struct AmountTests {
    @Test func `currencies do not mix`() {
        #expect(throws: DecimalError(.currencyMismatch, "")) { try Amount(1, .usd) + Amount(1, .eur) }
        #expect(throws: DecimalError(.currencyMismatch, "")) { try Amount(1, .usd).compare(Amount(1, .eur)) }
    }

    @Test func `sums and cash`() throws {
        #expect(try Amount("1.10", .usd) + Amount("2.205", .usd) == Amount("3.305", .usd))
        #expect(try Amount("3.305", .usd).roundedToCash(.halfEven).description == "3.30 USD")
        #expect(try Amount("100.5", "JPY").roundedToCash(.halfEven).description == "100 JPY")
        #expect(try Amount("9.99", .eur).multiplied(by: "0.333", rounding: .ceiling).description == "3.33 EUR")
    }

    @Test(arguments: ["usd", "US", "USDX", "", "U5D", "ÜSD"])
    func `a currency is three capitals`(text: String) {
        #expect(throws: DecimalError(.malformed, "")) { try Currency(parsing: text) }
    }

    @Test func `codes come back`() throws {
        #expect(try Currency(parsing: "CHF").code == "CHF")
        #expect(try Currency(parsing: "KWD").minorUnits == 3)
    }
}
