public import Money

/// One trading day of one symbol, as traded: not adjusted for splits or dividends. `low ≤ open, close ≤ high`.
public struct SourceBar: Sendable, Hashable {
    /// The trading day.
    public let day: CalendarDate
    /// The first price.
    public let open: ExactDecimal
    /// The highest price.
    public let high: ExactDecimal
    /// The lowest price.
    public let low: ExactDecimal
    /// The last price.
    public let close: ExactDecimal
    /// Shares traded.
    public let volume: Int
    /// Real or invented.
    public let origin: DataOrigin

    /// A bar.
    public init(
        day: CalendarDate,
        open: ExactDecimal,
        high: ExactDecimal,
        low: ExactDecimal,
        close: ExactDecimal,
        volume: Int,
        origin: DataOrigin
    ) {
        self.day = day
        self.open = open
        self.high = high
        self.low = low
        self.close = close
        self.volume = volume
        self.origin = origin
    }

    /// Whether the prices are above zero and in their order, and the volume is not below zero.
    public var isConsistent: Bool {
        low > .zero && low <= min(open, close) && high >= max(open, close) && volume >= 0
    }
}
