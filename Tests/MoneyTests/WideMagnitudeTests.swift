import TestServers
import Testing

@testable import Money

@Suite struct WideMagnitudeTests {
    @Test func `quotient times divisor plus remainder is the number`() {
        var generator = SeededGenerator(seed: 5)
        for _ in 0..<5000 {
            let left = UInt128.random(
                in: 0...UInt128.max >> UInt128.random(in: 0...127, using: &generator),
                using: &generator
            )
            let right = UInt128.random(in: 0...UInt128.max, using: &generator)
            let divisor = UInt128.random(
                in: 1...(UInt128.max >> UInt128.random(in: 0...126, using: &generator)),
                using: &generator
            )
            let number = WideMagnitude(left, times: right)
            let (quotient, remainder) = number.divided(by: divisor)
            #expect(remainder < divisor)
            var back = WideMagnitude(quotient.low, times: divisor)
            back.high &+= quotient.high &* divisor
            let (low, carry) = back.low.addingReportingOverflow(remainder)
            back = WideMagnitude(high: back.high &+ (carry ? 1 : 0), low: low)
            #expect(back == number)
        }
    }
}

extension WideMagnitude {
    init(high: UInt128, low: UInt128) {
        self.init(low)
        self.high = high
    }
}
