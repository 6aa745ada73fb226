import Money
import TestServers
import Testing

@Suite struct ExactDecimalArithmeticTests {
    @Test func `values are equal whatever their scale`() {
        let (short, long, other): (ExactDecimal, ExactDecimal, ExactDecimal) = ("1.5", "1.50", "1.51")
        #expect(short == long && short.hashValue == long.hashValue && short != other)
        let same: Set<ExactDecimal> = ["2", "2.0", "2.00"]
        #expect(same.count == 1)
    }

    @Test func `order holds at the ends of the range`() {
        let large: ExactDecimal = "99999999999999999999999999999999999999"
        let small: ExactDecimal = "0.000000000000000001"
        #expect([large, -small, small, -large].sorted() == [-large, -small, small, large])
        let long: ExactDecimal = "99999999999999999999.999999999999999999"
        #expect(long < large)
    }

    @Test func `sums keep the larger scale`() throws {
        #expect(try ("0.1" as ExactDecimal + "0.20").description == "0.30")
        #expect(try ("1" as ExactDecimal - "1.000").description == "0.000")
    }

    @Test func `overflow is thrown`() {
        let large: ExactDecimal = "99999999999999999999999999999999999999"
        #expect(throws: DecimalError(.overflow, "")) { try large + 1 }
        #expect(throws: DecimalError(.overflow, "")) { try -large - 1 }
        #expect(throws: DecimalError(.overflow, "")) { try large + "0.1" }
        #expect(throws: DecimalError(.overflow, "")) { try large * 2 }
        #expect(throws: DecimalError(.overflow, "")) { try large.divided(by: "0.1", scale: 0, rounding: .floor) }
        #expect(throws: DecimalError(.overflow, "")) { try large.rescaled(to: 1) }
    }

    @Test func `products beyond 18 places are exact or refused`() throws {
        let tiny: ExactDecimal = "0.0000000001"
        #expect(throws: DecimalError(.inexact, "")) { try tiny * tiny }
        #expect(try tiny * "0.1000000000" == "0.00000000001")
        #expect(try tiny.multiplied(by: tiny, scale: 18, rounding: .awayFromZero) == "0.000000000000000001")
        #expect(try ("99999999999999999999999999999999999999" as ExactDecimal * 0).isZero)
    }

    @Test func `division by zero is thrown`() {
        #expect(throws: DecimalError(.divisionByZero, "")) {
            try ExactDecimal.one.divided(by: "0.00", scale: 2, rounding: .halfEven)
        }
    }

    @Test(arguments: [
        (ExactDecimal.Rounding.towardZero, ["2", "2", "3", "-2", "-2", "-3", "2", "-2"]),
        (.awayFromZero, ["3", "3", "4", "-3", "-3", "-4", "3", "-3"]),
        (.floor, ["2", "2", "3", "-3", "-3", "-4", "2", "-3"]),
        (.ceiling, ["3", "3", "4", "-2", "-2", "-3", "3", "-2"]),
        (.halfAwayFromZero, ["2", "3", "4", "-2", "-3", "-4", "3", "-3"]),
        (.halfEven, ["2", "2", "4", "-2", "-2", "-4", "3", "-3"]),
    ])
    func `every rounding`(rounding: ExactDecimal.Rounding, expected: [String]) throws {
        let numbers: [ExactDecimal] = ["2.4", "2.5", "3.5", "-2.4", "-2.5", "-3.5", "2.50001", "-2.50001"]
        #expect(try numbers.map { try $0.rescaled(to: 0, rounding: rounding).description } == expected)
        // The same by way of a division, whose remainder is not a power of ten.
        let quotients = try numbers.map { try ($0 * 7).divided(by: 7, scale: 0, rounding: rounding).description }
        #expect(quotients == expected)
    }

    @Test func `thirds and sevenths`() throws {
        #expect(
            try ExactDecimal.one.divided(by: 3, scale: 18, rounding: .halfEven).description == "0.333333333333333333"
        )
        #expect(try (-2 as ExactDecimal).divided(by: 3, scale: 4, rounding: .halfEven).description == "-0.6667")
        #expect(try ("22" as ExactDecimal).divided(by: "0.007", scale: 2, rounding: .floor).description == "3142.85")
    }

    @Test func `a divisor far larger than the dividend rounds from nothing`() throws {
        let divisor: ExactDecimal = "99999999999999999999999999999999999999"
        let tiny: ExactDecimal = "0.000000000000000001"
        #expect(try tiny.divided(by: divisor, scale: 0, rounding: .halfEven) == 0)
        #expect(try tiny.divided(by: divisor, scale: 0, rounding: .awayFromZero) == 1)
        #expect(try (-tiny).divided(by: divisor, scale: 0, rounding: .floor) == -1)
        #expect(try ExactDecimal("0.000000000000000000").divided(by: divisor, scale: 0, rounding: .ceiling) == 0)
    }

    @Test func `wide divisors leave fractions below one half`() throws {
        var generator = SeededGenerator(seed: 6)
        let dividend: ExactDecimal = "99999999999999999999.999999999999999999"
        for _ in 0..<500 {
            let divisor = try ExactDecimal(
                coefficient: Int128.random(
                    in: Int128(10_000_000_000_000_000_000) << 60...(Int128(1) << 125),
                    using: &generator
                ),
                scale: 0
            )
            #expect(try dividend.divided(by: divisor, scale: 0, rounding: .halfEven) == 0)
            #expect(try dividend.divided(by: divisor, scale: 0, rounding: .awayFromZero) == 1)
        }
    }

    @Test func `sums obey the laws of arithmetic`() throws {
        var generator = SeededGenerator(seed: 2)
        for _ in 0..<5000 {
            let (a, b, c) = (
                ExactDecimal.random(using: &generator, digits: 1...18),
                ExactDecimal.random(using: &generator, digits: 1...18),
                ExactDecimal.random(using: &generator, digits: 1...18)
            )
            #expect(try a + b == b + a)
            #expect(try (a + b) + c == a + (b + c))
            #expect(try (a + b) - b == a)
            #expect(try a - a == .zero)
            #expect((a < b) == (try (a - b).isNegative))
        }
    }

    @Test func `products obey the laws of arithmetic`() throws {
        var generator = SeededGenerator(seed: 3)
        func small() throws -> ExactDecimal {
            try ExactDecimal(
                coefficient: Int128.random(in: -1_000_000_000...1_000_000_000, using: &generator),
                scale: Int.random(in: 0...6, using: &generator)
            )
        }
        for _ in 0..<5000 {
            let (a, b, c) = (try small(), try small(), try small())
            #expect(try a * b == b * a)
            #expect(try (a * b) * c == a * (b * c))
            #expect(try a * (b + c) == a * b + a * c)
            if !b.isZero {
                #expect(try (a * b).divided(by: b, scale: a.scale, rounding: .towardZero) == a)
            }
        }
    }

    @Test func `a quotient is within one step of the truth`() throws {
        var generator = SeededGenerator(seed: 4)
        for _ in 0..<5000 {
            let a = ExactDecimal.random(using: &generator, digits: 1...12)
            let b = ExactDecimal.random(using: &generator, digits: 1...9)
            if b.isZero { continue }
            let scale = Int.random(in: 0...6, using: &generator)
            guard let down = try? a.divided(by: b, scale: scale, rounding: .floor),
                let up = try? a.divided(by: b, scale: scale, rounding: .ceiling),
                let half = try? a.divided(by: b, scale: scale, rounding: .halfEven)
            else { continue }
            let step = try ExactDecimal(coefficient: 1, scale: scale)
            #expect(down <= half && half <= up)
            #expect(try down == up || down + step == up)
        }
    }
}
