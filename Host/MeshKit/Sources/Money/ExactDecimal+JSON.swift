extension ExactDecimal {
    /// Reads the characters of a JSON number (RFC 8259 §6), exponent included, digit by digit: nothing is rounded and
    /// nothing passes through floating point. `12.50` keeps its scale 2; `1.25e1` is 12.5, `1e3` is 1000.
    /// - Throws: `DecimalError` with code `malformed` for what is no JSON number or has more than 18 decimal places that
    ///   are not zero, `overflow` for more than 38 digits.
    public init(jsonNumber text: some StringProtocol) throws(DecimalError) {
        guard let mark = text.utf8.firstIndex(where: { $0 | 0x20 == UInt8(ascii: "e") }) else {
            self = try Self.digits(text[...], shift: 0)
            return
        }
        var exponent = text.utf8[text.utf8.index(after: mark)...]
        let isNegative = exponent.first == UInt8(ascii: "-")
        if isNegative || exponent.first == UInt8(ascii: "+") { exponent.removeFirst() }
        guard !exponent.isEmpty, exponent.allSatisfy({ (0x30...0x39).contains($0) }) else { throw Self.notANumber }
        // A larger one moves any digit out of the range.
        let size = exponent.reduce(0) { min(1000, $0 * 10 + Int($1 - 0x30)) }
        self = try Self.digits(text[..<mark], shift: isNegative ? -size : size)
    }

    /// The number `text × 10^shift`.
    private static func digits(_ text: some StringProtocol, shift: Int) throws(DecimalError) -> ExactDecimal {
        var (digits, places, significant) = (Int128(0), 0, 0)
        var bytes = text.utf8[...]
        let isNegative = bytes.first == UInt8(ascii: "-")
        if isNegative { bytes.removeFirst() }
        let isZeroFirst = bytes.first == UInt8(ascii: "0")
        var (whole, isFraction) = (0, false)
        for byte in bytes {
            if byte == UInt8(ascii: "."), !isFraction {
                isFraction = true
                continue
            }
            guard (0x30...0x39).contains(byte) else { throw notANumber }
            if isFraction { places += 1 } else { whole += 1 }
            if significant > 0 || byte != 0x30 { significant += 1 }
            guard significant <= maximumDigits else { throw overflow }
            digits = digits * 10 + Int128(byte - 0x30)
        }
        guard whole > 0, !(isZeroFirst && whole > 1), !isFraction || places > 0 else { throw notANumber }
        if digits == 0 { return ExactDecimal(unchecked: 0, scale: min(max(places - shift, 0), maximumScale)) }
        var scale = places - shift
        while scale > maximumScale {
            let (quotient, remainder) = digits.quotientAndRemainder(dividingBy: 10)
            guard remainder == 0 else { throw notANumber }
            (digits, scale) = (quotient, scale - 1)
        }
        while scale < 0 {
            guard significant < maximumDigits else { throw overflow }
            (digits, scale, significant) = (digits * 10, scale + 1, significant + 1)
        }
        return ExactDecimal(unchecked: isNegative ? -digits : digits, scale: scale)
    }

    private static var notANumber: DecimalError {
        DecimalError(.malformed, "a JSON number has digits, at most 18 of them decimal places, such as 12.34 or 1.2e3")
    }
}
