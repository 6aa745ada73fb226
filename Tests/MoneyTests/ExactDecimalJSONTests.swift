import Money
import TestServers
import Testing

@Suite struct ExactDecimalJSONTests {
    @Test(arguments: [
        ("0", "0"), ("-0", "0"), ("12.34", "12.34"), ("12.50", "12.50"), ("-0.001", "-0.001"), ("1e3", "1000"),
        ("1E+3", "1000"), ("1.25e1", "12.5"), ("125e-2", "1.25"), ("1e-18", "0.000000000000000001"), ("0e99", "0"),
        ("0.000e2", "0.0"), ("1.0000000000000000000", "1.000000000000000000"), ("100e-20", "0.000000000000000001"),
        ("0.30000000000000004", "0.30000000000000004"), ("9007199254740993", "9007199254740993"),
        ("99999999999999999999999999999999999999", "99999999999999999999999999999999999999"), ("5e-05", "0.00005"),
        ("1e37", "10000000000000000000000000000000000000"), ("9007199254740993.125", "9007199254740993.125"),
    ])
    func `digits are kept`(text: String, expected: String) throws {
        #expect(try ExactDecimal(jsonNumber: text).description == expected)
    }

    @Test(arguments: [
        "", "-", "+1", ".5", "5.", "01", "1e", "1e+", "e3", "1e3.5", "1 ", " 1", "NaN", "Infinity", "0x1", "1e3e3",
        "1.2.3",
        "1e-19", "1.0000000000000000001", "1e-99999999999999999999", "--1", "1e--1", "½", "1,5",
    ])
    func `what is no number, or too fine, is refused`(text: String) {
        #expect(throws: DecimalError(.malformed, "")) { try ExactDecimal(jsonNumber: text) }
    }

    @Test(arguments: ["1e38", "1e99999999999999999999", "100000000000000000000000000000000000000", "12e37"])
    func `too many digits are refused`(text: String) {
        #expect(throws: DecimalError(.overflow, "")) { try ExactDecimal(jsonNumber: text) }
    }

    @Test func `plain texts are read as they are elsewhere`() throws {
        var generator = SeededGenerator(seed: 7)
        for _ in 0..<10_000 {
            let number = ExactDecimal.random(using: &generator)
            let back = try ExactDecimal(jsonNumber: number.description)
            #expect(back == number && back.scale == number.scale)
        }
    }
}
