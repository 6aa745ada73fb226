public import Money

/// Something a company does to its shares that a price alone does not show.
public struct CorporateAction: Sendable, Hashable {
    /// What it does.
    public enum Kind: Sendable, Hashable {
        /// `from` old shares become `into` new ones; 1 and 2 for a split, 10 and 1 for a reverse split.
        case split(from: Int, into: Int)
        /// Cash for each share.
        case dividend(perShare: ExactDecimal, currency: Currency)
    }

    /// The same at every call: symbol, kind and day, such as `AAPL-split-2005-02-28`.
    public let id: String
    /// The ticker.
    public let symbol: String
    /// What it does.
    public let kind: Kind
    /// The first day whose prices are without it: who bought before gets it.
    public let exDay: CalendarDate
    /// The day the owners are written down; nil if unknown.
    public let recordDay: CalendarDate?
    /// The day cash is paid; nil if unknown, then it is the ex day.
    public let payableDay: CalendarDate?

    /// An action.
    public init(
        id: String,
        symbol: String,
        kind: Kind,
        exDay: CalendarDate,
        recordDay: CalendarDate? = nil,
        payableDay: CalendarDate? = nil
    ) {
        self.id = id
        self.symbol = symbol
        self.kind = kind
        self.exDay = exDay
        self.recordDay = recordDay
        self.payableDay = payableDay
    }
}
