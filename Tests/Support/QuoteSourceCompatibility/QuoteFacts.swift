public import Plugin

/// What a driver must find at its end.
public struct QuoteFacts: Sendable {
    /// The quotes that it must give, of some symbols, wholly.
    public let quotes: [String: SourceQuote]
    /// Symbols that exist and have no price that could be given, and why.
    public let failing: [String: QuoteSourceError.Code]
    /// Symbols that do not exist.
    public let unknown: [String]
    /// Symbols that exist, as many as a batch has room for, or all.
    public let many: [String]
    /// Every bar of some symbols between two days, oldest first.
    public let bars: [String: [SourceBar]]
    /// Every action of some symbols that have bars, oldest first.
    public let actions: [String: [CorporateAction]]
    /// Texts that nobody may see in an error.
    public let secrets: [String]
    /// Words that the failed probe must say in a condition: the setting to look at.
    public let hints: [QuoteCondition: String]
    /// What `throttled` must give as the time to wait, in seconds.
    public let retryAfter: ClosedRange<Int>

    /// Facts.
    public init(
        quotes: [String: SourceQuote],
        failing: [String: QuoteSourceError.Code] = [:],
        unknown: [String],
        many: [String],
        bars: [String: [SourceBar]],
        actions: [String: [CorporateAction]],
        secrets: [String] = [],
        hints: [QuoteCondition: String] = [:],
        retryAfter: ClosedRange<Int> = 0...0
    ) {
        self.quotes = quotes
        self.failing = failing
        self.unknown = unknown
        self.many = many
        self.bars = bars
        self.actions = actions
        self.secrets = secrets
        self.hints = hints
        self.retryAfter = retryAfter
    }
}
