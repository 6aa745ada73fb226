import Contracts
import Money
import SwiftProtobuf
import Testing

@Suite struct MoneyMappingTests {
    @Test(arguments: ["0", "-0.01", "12.340", "99999999999999999999.999999999999999999", "-1"])
    func anAmountSurvivesTheWire(_ text: String) throws {
        let amount = Amount(try ExactDecimal(parsing: text), .eur)
        let bytes: [UInt8] = try LonjaMoney(amount).serializedBytes()
        let back = try LonjaMoney(serializedBytes: bytes).exact()
        #expect(back == amount)
        #expect(back.value.description == text, "the scale stays")
    }

    @Test func randomAmountsSurvive() throws {
        var random = SystemRandomNumberGenerator()
        for _ in 0..<1000 {
            let value = try ExactDecimal(
                parsing: "\(Int64.random(in: .min...(.max), using: &random)).\(Int.random(in: 0...99_999))"
            )
            #expect(try LonjaMoney(value, .usd).exact() == Amount(value, .usd))
        }
    }

    @Test(arguments: [
        ("", "USD"), ("1,5", "USD"), ("1e3", "USD"), ("1", "usd"), ("1", ""), ("NaN", "USD"), ("1", "USDX"),
    ])
    func whatIsNoneIsRefused(_ amount: String, _ currency: String) {
        let message = LonjaMoney.with {
            $0.amount = amount
            $0.currency = currency
        }
        #expect(throws: DecimalError.self) { try message.exact() }
    }
}
