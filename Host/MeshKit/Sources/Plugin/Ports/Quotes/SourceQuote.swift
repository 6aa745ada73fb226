public import Money
public import Observe

/// The newest price of one symbol. Prices are for one share, in `currency`.
public struct SourceQuote: Sendable, Hashable {
    /// The ticker, as it was asked for.
    public let symbol: String
    /// The newest price.
    public let price: ExactDecimal
    /// What the prices are in.
    public let currency: Currency
    /// When that price was made, by the source's clock.
    public let asOf: WallTime
    /// How many seconds late it was when it was read.
    public let delaySeconds: Int
    /// The session it was made in.
    public let session: MarketSession
    /// Real or invented.
    public let origin: DataOrigin
    /// The close of the trading day before, not adjusted; nil if unknown.
    public let previousClose: ExactDecimal?
    /// The first price of the day; nil if unknown.
    public let open: ExactDecimal?
    /// The highest price of the day so far; nil if unknown.
    public let high: ExactDecimal?
    /// The lowest price of the day so far; nil if unknown.
    public let low: ExactDecimal?
    /// Shares traded in the day so far; nil if unknown.
    public let volume: Int?
    /// The best price somebody pays; nil if unknown.
    public let bid: ExactDecimal?
    /// The best price somebody asks; nil if unknown.
    public let ask: ExactDecimal?

    /// A quote.
    public init(
        symbol: String,
        price: ExactDecimal,
        currency: Currency,
        asOf: WallTime,
        delaySeconds: Int,
        session: MarketSession,
        origin: DataOrigin,
        previousClose: ExactDecimal? = nil,
        open: ExactDecimal? = nil,
        high: ExactDecimal? = nil,
        low: ExactDecimal? = nil,
        volume: Int? = nil,
        bid: ExactDecimal? = nil,
        ask: ExactDecimal? = nil
    ) {
        self.symbol = symbol
        self.price = price
        self.currency = currency
        self.asOf = asOf
        self.delaySeconds = delaySeconds
        self.session = session
        self.origin = origin
        self.previousClose = previousClose
        self.open = open
        self.high = high
        self.low = low
        self.volume = volume
        self.bid = bid
        self.ask = ask
    }
}
