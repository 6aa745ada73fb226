import Reactor

/// The `grpc-timeout` header (PROTOCOL-HTTP2.md): at most eight digits and a unit, H M S m u n.
public enum GRPCTimeout {
    private static let units: [(letter: UInt8, nanoseconds: UInt64)] = [
        (UInt8(ascii: "n"), 1),
        (UInt8(ascii: "u"), 1_000),
        (UInt8(ascii: "m"), 1_000_000),
        (UInt8(ascii: "S"), 1_000_000_000),
        (UInt8(ascii: "M"), 60_000_000_000),
        (UInt8(ascii: "H"), 3_600_000_000_000),
    ]

    /// Writes a duration in the finest unit whose eight digits hold it, rounded up, so that the server's deadline never
    /// comes before the client's. Nothing left, or less, is "1n": the header has no way to say it.
    public static func encode(_ duration: Duration) -> String {
        let nanoseconds = UInt64(max(duration.wholeNanoseconds, 1))
        for unit in units {
            let (whole, rest) = nanoseconds.quotientAndRemainder(dividingBy: unit.nanoseconds)
            let value = rest == 0 ? whole : whole + 1
            if value <= 99_999_999 {
                return "\(value)\(Unicode.Scalar(unit.letter))"
            }
        }
        return "99999999H"
    }

    /// Reads what a peer sent: nil for anything but one to eight digits and a known unit.
    public static func decode(_ bytes: some BidirectionalCollection<UInt8>) -> Duration? {
        guard let letter = bytes.last, let unit = units.first(where: { $0.letter == letter }) else { return nil }
        let digits = bytes.dropLast()
        guard (1...8).contains(digits.count) else { return nil }
        var value: UInt64 = 0
        for digit in digits {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) else { return nil }
            value = value * 10 + UInt64(digit - UInt8(ascii: "0"))
        }
        let (nanoseconds, overflow) = value.multipliedReportingOverflow(by: unit.nanoseconds)
        return .nanoseconds(overflow ? Int64.max : Int64(clamping: nanoseconds))
    }
}
