/// The three letters of a currency (ISO 4217), upper case. Any three letters are accepted: lists of currencies age.
public struct Currency: Hashable, Sendable, CustomStringConvertible {
    /// The three letters, first in the highest byte.
    private let packed: UInt32

    /// US dollar.
    public static let usd: Currency = "USD"
    /// Euro.
    public static let eur: Currency = "EUR"

    /// Reads exactly three upper-case ASCII letters.
    /// - Throws: `DecimalError` with code `malformed`.
    public init(parsing text: some StringProtocol) throws(DecimalError) {
        var packed: UInt32 = 0
        var count = 0
        for byte in text.utf8 {
            guard (0x41...0x5A).contains(byte), count < 3 else { throw Self.malformed }
            packed = packed << 8 | UInt32(byte)
            count += 1
        }
        guard count == 3 else { throw Self.malformed }
        self.packed = packed
    }

    /// The three letters.
    public var code: String {
        String(decoding: [UInt8(packed >> 16), UInt8(packed >> 8 & 0xFF), UInt8(packed & 0xFF)], as: UTF8.self)
    }

    /// The three letters.
    public var description: String { code }

    /// How many decimal places cash in this currency has: 2 but for the few that ISO 4217 lists with 0, 3 or 4.
    public var minorUnits: Int {
        switch code {
        case "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND", "VUV", "XAF",
            "XOF", "XPF":
            0
        case "BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND": 3
        case "CLF", "UYW": 4
        default: 2
        }
    }

    private static var malformed: DecimalError {
        DecimalError(.malformed, "a currency is three upper-case letters, such as USD")
    }
}

extension Currency: ExpressibleByStringLiteral {
    /// A literal such as `"USD"`; one that is not three upper-case letters is a mistake of the program.
    public init(stringLiteral value: StaticString) {
        guard let currency = try? Currency(parsing: value.description) else {
            preconditionFailure("the literal is not a currency")
        }
        self = currency
    }
}
