/// One label of a domain as it is put on the wire: letters, digits, hyphens; others by Punycode (RFC 3492, RFC 5890).
public enum DomainLabel {
    /// The label in lower case and composed (NFC), with `xn--` if it has characters beyond ASCII.
    /// - Returns: nil for what is no label of a host name.
    public static func encode(_ text: String) -> String? {
        let text = text.lowercased().composed
        let isASCII = text.utf8.allSatisfy { $0 < 0x80 }
        let encoded: String
        if isASCII {
            encoded = text
        } else {
            guard text.unicodeScalars.allSatisfy({ isLetter($0) }), let code = punycode(text.unicodeScalars) else {
                return nil
            }
            encoded = "xn--" + code
        }
        guard (1...63).contains(encoded.utf8.count), encoded.utf8.allSatisfy(isHostByte), encoded.utf8.first != hyphen,
            encoded.utf8.last != hyphen
        else { return nil }
        return encoded
    }

    private static let hyphen = UInt8(ascii: "-")

    private static func isHostByte(_ byte: UInt8) -> Bool {
        (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte) || byte == hyphen
    }

    /// What may stand in an internationalised label: letters, marks and digits, composed forms only.
    private static func isLetter(_ scalar: Unicode.Scalar) -> Bool {
        guard !scalar.isASCII else { return isHostByte(UInt8(scalar.value)) }
        return switch scalar.properties.generalCategory {
        case .lowercaseLetter, .modifierLetter, .otherLetter, .nonspacingMark, .spacingMark, .decimalNumber: true
        default: false
        }
    }

    // MARK: Punycode (RFC 3492 §6.3), parameters of §5

    private static func punycode(_ scalars: String.UnicodeScalarView) -> String? {
        let base = 36
        var output = scalars.filter(\.isASCII).map { UInt8($0.value) }
        let basic = output.count
        if basic > 0 { output.append(hyphen) }
        var handled = basic
        var delta = 0
        var next = 0x80
        var bias = 72
        // A label has at most 63 bytes, so that nothing here can overflow.
        guard scalars.count <= 63 else { return nil }
        while handled < scalars.count {
            guard let lowest = scalars.map({ Int($0.value) }).filter({ $0 >= next }).min() else { return nil }
            delta += (lowest - next) * (handled + 1)
            next = lowest
            for scalar in scalars {
                if scalar.value < next { delta += 1 }
                guard scalar.value == next else { continue }
                var rest = delta
                var position = base
                while true {
                    let threshold = min(max(position - bias, 1), 26)
                    if rest < threshold { break }
                    output.append(digit(threshold + (rest - threshold) % (base - threshold)))
                    rest = (rest - threshold) / (base - threshold)
                    position += base
                }
                output.append(digit(rest))
                bias = adapt(delta, handled + 1, isFirst: handled == basic)
                delta = 0
                handled += 1
            }
            delta += 1
            next += 1
        }
        return String(decoding: output, as: UTF8.self)
    }

    private static func adapt(_ delta: Int, _ count: Int, isFirst: Bool) -> Int {
        var delta = isFirst ? delta / 700 : delta / 2
        delta += delta / count
        var steps = 0
        while delta > 455 {
            delta /= 35
            steps += 36
        }
        return steps + 36 * delta / (delta + 38)
    }

    private static func digit(_ value: Int) -> UInt8 {
        value < 26 ? UInt8(ascii: "a") + UInt8(value) : UInt8(ascii: "0") + UInt8(value - 26)
    }
}
