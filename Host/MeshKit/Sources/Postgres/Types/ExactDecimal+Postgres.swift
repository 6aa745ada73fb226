public import Money

/// The binary form of `numeric` (src/backend/utils/adt/numeric.c, numeric_send): four 16-bit words, which are the count
/// of digits, the weight of the first, the sign and the display scale; then the digits, of base 10,000.
extension ExactDecimal: PostgresEncodable, PostgresDecodable {
    /// `numeric`.
    public static let postgresType = PostgresType.numeric

    private static let negative: UInt16 = 0x4000

    /// Exact, scale included.
    public func encode(into buffer: inout PostgresBuffer) {
        var (whole, fraction) = coefficient.magnitude.quotientAndRemainder(dividingBy: Self.tenTo(scale))
        var digits: [UInt16] = []
        while whole > 0 {
            digits.append(UInt16(whole % 10_000))
            whole /= 10_000
        }
        digits.reverse()
        var weight = digits.count - 1
        // A whole number of groups behind the point.
        fraction *= Self.tenTo((4 - scale % 4) % 4)
        let groups = (scale + 3) / 4
        for group in 0..<groups {
            digits.append(UInt16(fraction / Self.tenTo(4 * (groups - 1 - group)) % 10_000))
        }
        let leading = digits.prefix { $0 == 0 }.count
        digits.removeFirst(leading)
        weight -= leading
        while digits.last == 0 { digits.removeLast() }
        buffer.append(Int16(digits.count))
        buffer.append(Int16(digits.isEmpty ? 0 : weight))
        buffer.append(isNegative ? Self.negative : 0)
        buffer.append(Int16(scale))
        for digit in digits { buffer.append(digit) }
    }

    /// Reads `numeric` and the integer types, exactly: NaN, infinities, more than 38 digits and more than 18 decimal
    /// places that are not zero are errors.
    public init(postgres cell: PostgresCell) throws(PostgresCell.Mismatch) {
        guard cell.type == .numeric else {
            self.init(try Int(postgres: cell))
            return
        }
        let bytes = try cell.present()
        let count = Int(try bytes.integer(at: 0, Int16.self))
        let weight = Int(try bytes.integer(at: 2, Int16.self))
        let sign: UInt16 = try bytes.integer(at: 4)
        let displayScale = Int(try bytes.integer(at: 6, Int16.self))
        switch sign {
        case 0, Self.negative: break
        case 0xC000: throw .range("is not a number (NaN)")
        case 0xD000, 0xF000: throw .range("is infinite")
        default: throw .malformed
        }
        guard count >= 0, displayScale >= 0, bytes.count == 8 + 2 * count else { throw .malformed }
        let scale = min(displayScale, Self.maximumScale)
        var magnitude: UInt128 = 0

        func append(_ digit: UInt128, base: UInt128) throws(PostgresCell.Mismatch) {
            // Below 10^38 × 10^4 is more than 128 bits; the bound is checked first.
            guard magnitude < Self.tenTo(38) / base else { throw .range("has more than 38 digits") }
            magnitude = magnitude * base + digit
        }
        func group(_ index: Int) throws(PostgresCell.Mismatch) -> UInt128 {
            guard (0..<count).contains(index) else { return 0 }
            let digit: UInt16 = try bytes.integer(at: 8 + 2 * index)
            guard digit < 10_000 else { throw .malformed }
            return UInt128(digit)
        }

        if weight >= 0 {
            guard count == 0 || weight < 10 else { throw .range("has more than 38 digits") }
            for index in 0...weight where count > 0 { try append(group(index), base: 10_000) }
        }
        for place in 0..<scale {
            let value = try group(weight + 1 + place / 4)
            try append(value / Self.tenTo(3 - place % 4) % 10, base: 10)
        }
        // What lies behind the last place must be nothing.
        let rest = weight + 1 + scale / 4
        if try group(rest) % Self.tenTo(4 - scale % 4) != 0 { throw .range("has more than 18 decimal places") }
        for index in max(rest + 1, 0)..<max(rest + 1, 0, count) where try group(index) != 0 {
            throw .range("has more than 18 decimal places")
        }
        let signed = sign == Self.negative ? -Int128(magnitude) : Int128(magnitude)
        guard let value = try? ExactDecimal(coefficient: signed, scale: scale) else {
            throw .range("has more than 38 digits")
        }
        self = value
    }

    private static func tenTo(_ exponent: Int) -> UInt128 {
        var result: UInt128 = 1
        for _ in 0..<exponent { result *= 10 }
        return result
    }
}
