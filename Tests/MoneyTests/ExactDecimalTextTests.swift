import Money
import TestServers
import Testing

@Suite struct ExactDecimalTextTests {
    @Test(arguments: [
        "0", "1", "-1", "12.34", "-0.50", "0.000000000000000001", "99999999999999999999999999999999999999",
        "-99999999999999999999.999999999999999999", "1.0", "10.00", "100",
    ])
    func `what is written is what was read`(text: String) throws {
        #expect(try ExactDecimal(parsing: text).description == text)
    }

    @Test(arguments: [
        "", "-", "+1", ".5", "5.", "1e3", "1E3", " 1", "1 ", "1,000", "01", "00", "-01.5", "1.2.3", "--1", "1-", "٣",
        "0x10", "NaN", "inf", "1.0000000000000000001", "1_000", "½",
    ])
    func `anything but plain digits is refused`(text: String) {
        #expect(throws: DecimalError(.malformed, "")) { try ExactDecimal(parsing: text) }
    }

    @Test func `39 digits are too many`() {
        #expect(throws: DecimalError(.overflow, "")) {
            try ExactDecimal(parsing: "100000000000000000000000000000000000000")
        }
        #expect(throws: DecimalError(.overflow, "")) {
            try ExactDecimal(coefficient: 100_000_000_000_000_000_000_000_000_000_000_000_000, scale: 0)
        }
    }

    @Test func `minus zero is zero`() throws {
        let zero = try ExactDecimal(parsing: "-0.00")
        #expect(zero == .zero && zero.description == "0.00" && !zero.isNegative && zero.signum == 0)
    }

    @Test func `random numbers survive text`() throws {
        var generator = SeededGenerator(seed: 1)
        for _ in 0..<20_000 {
            let number = ExactDecimal.random(using: &generator)
            let back = try ExactDecimal(parsing: number.description)
            #expect(back == number && back.scale == number.scale)
        }
    }

    @Test func `normalizing drops zeros and nothing else`() throws {
        #expect(("12.3400" as ExactDecimal).normalized.description == "12.34")
        #expect(("100" as ExactDecimal).normalized.description == "100")
        #expect(("0.000" as ExactDecimal).normalized.description == "0")
    }
}

extension ExactDecimal {
    /// Any number of digits, any scale, both signs.
    static func random(using generator: inout SeededGenerator, digits: ClosedRange<Int> = 1...38) -> ExactDecimal {
        let count = Int.random(in: digits, using: &generator)
        var coefficient: Int128 = 0
        for _ in 0..<count { coefficient = coefficient * 10 + Int128.random(in: 0...9, using: &generator) }
        if Bool.random(using: &generator) { coefficient = -coefficient }
        let scale = Int.random(in: 0...18, using: &generator)
        guard let number = try? ExactDecimal(coefficient: coefficient, scale: scale) else {
            preconditionFailure("38 digits fit")
        }
        return number
    }
}
