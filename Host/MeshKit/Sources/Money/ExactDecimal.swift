/// A decimal number without rounding: `coefficient × 10^-scale`, at most 38 digits, 0 to 18 of them decimal places.
///
/// Equal values are equal and hash the same whatever their scale (`1.5 == 1.50`); the scale is kept for `description`.
public struct ExactDecimal: Sendable {
    /// The digits as an integer; its magnitude is below 10^38.
    public let coefficient: Int128
    private let storedScale: UInt8

    /// How many of the digits are decimal places, 0…18.
    public var scale: Int { Int(storedScale) }

    /// The largest scale.
    public static let maximumScale = 18
    /// The largest number of digits.
    public static let maximumDigits = 38
    /// Zero, with scale 0.
    public static let zero = ExactDecimal(0)
    /// One, with scale 0.
    public static let one = ExactDecimal(1)

    /// A whole number.
    public init(_ integer: Int) {
        self.init(unchecked: Int128(integer), scale: 0)
    }

    /// The number `coefficient × 10^-scale`; `scale` must be 0…18.
    /// - Throws: `DecimalError` with code `overflow` if the coefficient has more than 38 digits.
    public init(coefficient: Int128, scale: Int) throws(DecimalError) {
        precondition((0...Self.maximumScale).contains(scale), "the scale of a decimal is 0 to 18")
        guard coefficient.magnitude < Self.bound else { throw Self.overflow }
        self.init(unchecked: coefficient, scale: scale)
    }

    /// For callers that have proved both bounds.
    init(unchecked coefficient: Int128, scale: Int) {
        self.coefficient = coefficient
        storedScale = UInt8(truncatingIfNeeded: scale)
    }

    /// -1, 0 or 1.
    public var signum: Int { coefficient == 0 ? 0 : (coefficient < 0 ? -1 : 1) }
    /// Whether it is zero.
    public var isZero: Bool { coefficient == 0 }
    /// Whether it is below zero.
    public var isNegative: Bool { coefficient < 0 }
    /// Without its sign.
    public var magnitude: ExactDecimal { isNegative ? -self : self }

    /// The same value without trailing zeros after the point.
    public var normalized: ExactDecimal {
        var (digits, places) = (coefficient, scale)
        while places > 0 {
            let (quotient, remainder) = digits.quotientAndRemainder(dividingBy: 10)
            if remainder != 0 { break }
            (digits, places) = (quotient, places - 1)
        }
        return ExactDecimal(unchecked: digits, scale: places)
    }

    /// The same value with the other sign; exact, as the range is symmetric.
    public static prefix func - (value: ExactDecimal) -> ExactDecimal {
        ExactDecimal(unchecked: -value.coefficient, scale: value.scale)
    }

    /// 10^38: no magnitude reaches it.
    static let bound = power(38)
    static let overflow = DecimalError(.overflow, "the result has more than 38 digits")

    /// 10^`exponent`, for 0…38.
    static func power(_ exponent: Int) -> UInt128 {
        var result: UInt128 = 1
        for _ in 0..<exponent { result *= 10 }
        return result
    }
}

extension ExactDecimal: Comparable, Hashable {
    /// Whether both are the same number, whatever their scales.
    public static func == (left: ExactDecimal, right: ExactDecimal) -> Bool { left.compare(right) == 0 }

    /// Whether `left` is the smaller number.
    public static func < (left: ExactDecimal, right: ExactDecimal) -> Bool { left.compare(right) < 0 }

    /// -1, 0 or 1 as this number is smaller than, equal to or larger than `other`. Never overflows.
    public func compare(_ other: ExactDecimal) -> Int {
        func order(_ left: Int128, _ right: Int128) -> Int { left == right ? 0 : (left < right ? -1 : 1) }
        if scale == other.scale { return order(coefficient, other.coefficient) }
        // Whole parts first, then fractions at the largest scale: neither can overflow, a common scale could.
        let (whole, fraction) = parts
        let (otherWhole, otherFraction) = other.parts
        return whole == otherWhole ? order(fraction, otherFraction) : order(whole, otherWhole)
    }

    private var parts: (whole: Int128, fraction: Int128) {
        let (whole, rest) = coefficient.quotientAndRemainder(dividingBy: Int128(Self.power(scale)))
        return (whole, rest * Int128(Self.power(Self.maximumScale - scale)))
    }

    /// Hashes the value, not its scale.
    public func hash(into hasher: inout Hasher) {
        let value = normalized
        hasher.combine(value.coefficient)
        hasher.combine(value.scale)
    }
}

extension ExactDecimal: ExpressibleByIntegerLiteral, ExpressibleByStringLiteral {
    /// A whole number.
    public init(integerLiteral value: Int) { self.init(value) }

    /// A literal such as `"12.34"`; one that is not a decimal is a mistake of the program.
    public init(stringLiteral value: StaticString) {
        guard let decimal = try? ExactDecimal(parsing: value.description) else {
            preconditionFailure("the literal is not a decimal")
        }
        self = decimal
    }
}
