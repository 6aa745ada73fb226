public import Money

/// Where data comes from: the world, or an invention that must be labelled as one.
public enum DataOrigin: String, Sendable, Hashable {
    /// Traded on an exchange.
    case real
    /// Invented for practice.
    case synthetic
}

/// A company whose shares a source knows.
public struct SourceCompany: Sendable, Hashable {
    /// The ticker: upper-case letters, digits, `.` and `-`.
    public let symbol: String
    /// The company's name.
    public let name: String
    /// The exchange, such as `NASDAQ`.
    public let exchange: String
    /// What its prices are in.
    public let currency: Currency
    /// Its sector, if known.
    public let sector: String?
    /// A sentence or two about it, if known.
    public let summary: String?
    /// Real or invented.
    public let origin: DataOrigin
    /// The first day with data, if known.
    public let firstDay: CalendarDate?
    /// The last day with data; nil while it still trades.
    public let lastDay: CalendarDate?

    /// A company.
    public init(
        symbol: String,
        name: String,
        exchange: String,
        currency: Currency,
        sector: String? = nil,
        summary: String? = nil,
        origin: DataOrigin,
        firstDay: CalendarDate? = nil,
        lastDay: CalendarDate? = nil
    ) {
        self.symbol = symbol
        self.name = name
        self.exchange = exchange
        self.currency = currency
        self.sector = sector
        self.summary = summary
        self.origin = origin
        self.firstDay = firstDay
        self.lastDay = lastDay
    }

    /// Whether a text is formed like a ticker: upper-case letters, digits, `.` and `-`, one to twelve, the first a letter.
    public static func isSymbol(_ text: some StringProtocol) -> Bool {
        let bytes = text.utf8
        guard let first = bytes.first, (0x41...0x5A).contains(first), bytes.count <= 12 else { return false }
        return bytes.allSatisfy {
            (0x41...0x5A).contains($0) || (0x30...0x39).contains($0) || $0 == UInt8(ascii: ".")
                || $0 == UInt8(ascii: "-")
        }
    }
}
