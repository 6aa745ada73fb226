extension ExactDecimal: CustomStringConvertible {
    /// Reads `-?(0|[1-9][0-9]*)(\.[0-9]{1,18})?` with at most 38 digits: no `+`, no exponent, no spaces, no separators.
    ///
    /// The number of decimal places becomes the scale. `-0` is zero.
    /// - Throws: `DecimalError` with code `malformed`, or `overflow` for more than 38 digits.
    public init(parsing text: some StringProtocol) throws(DecimalError) {
        var magnitude: Int128 = 0
        var (digits, places) = (0, 0)
        var (negative, pointSeen, leadingZero, first) = (false, false, false, true)
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "-") where first:
                negative = true
            case UInt8(ascii: ".") where !pointSeen && digits > 0:
                pointSeen = true
            case 0x30...0x39:
                if leadingZero, !pointSeen { throw Self.malformed }
                if digits == 0, byte == 0x30 { leadingZero = true }
                digits += 1
                if pointSeen { places += 1 }
                guard digits <= Self.maximumDigits else { throw Self.overflow }
                magnitude = magnitude * 10 + Int128(byte - 0x30)
            default:
                throw Self.malformed
            }
            first = false
        }
        guard digits > 0, pointSeen == (places > 0), places <= Self.maximumScale else { throw Self.malformed }
        self.init(unchecked: negative ? -magnitude : magnitude, scale: places)
    }

    /// The digits with exactly `scale` decimal places: `-0.50`, `12`. `init(parsing:)` reads it back, scale included.
    public var description: String {
        let digits = String(coefficient.magnitude)
        guard scale > 0 else { return isNegative ? "-" + digits : digits }
        let missing = scale + 1 - digits.utf8.count
        let padded = missing > 0 ? String(repeating: "0", count: missing) + digits : digits
        return (isNegative ? "-" : "") + padded.dropLast(scale) + "." + padded.suffix(scale)
    }

    private static var malformed: DecimalError {
        DecimalError(.malformed, "a decimal is digits with at most 18 decimal places, such as 12.34")
    }
}
