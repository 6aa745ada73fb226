public import Money

/// What a quote source can do.
public struct QuoteCapabilities: Sendable, Hashable {
    /// How old its newest price is.
    public enum Timeliness: Sendable, Hashable {
        /// As it happens.
        case realtime
        /// So many seconds late, by contract.
        case delayed(seconds: Int)
        /// The close of the last trading day.
        case endOfDay
        /// History told again, by the source's own clock.
        case replayed
    }

    /// What the licence of the data asks for.
    public struct Licence: Sendable, Hashable {
        /// Its name: `public domain`, `IEX Cloud terms`.
        public let name: String
        /// The text that must stand beside the data; empty for none.
        public let attribution: String
        /// Where its terms are; nil if nowhere.
        public let url: String?
        /// Whether the data may be shown to anonymous callers.
        public let isRedistributable: Bool
        /// How long the data may be kept; nil for ever.
        public let maximumCacheAge: Duration?

        /// A licence.
        public init(
            name: String,
            attribution: String,
            url: String? = nil,
            isRedistributable: Bool,
            maximumCacheAge: Duration? = nil
        ) {
            self.name = name
            self.attribution = attribution
            self.url = url
            self.isRedistributable = isRedistributable
            self.maximumCacheAge = maximumCacheAge
        }
    }

    /// How many requests a source answers in a time; every call of `quotes`, and each page of another, is one.
    public struct RateLimit: Sendable, Hashable {
        /// How many, at least 1.
        public let requests: Int
        /// In which time, above zero.
        public let per: Duration

        /// A limit.
        public init(requests: Int, per: Duration) {
            precondition(requests > 0 && per > .zero, "a limit lets something through")
            self.requests = requests
            self.per = per
        }
    }

    /// What `source` of a price says: `replay`, `iex`.
    public let source: String
    /// How old the newest price is.
    public let timeliness: Timeliness
    /// How many symbols one call of `quotes` takes, at least 1.
    public let batchSize: Int
    /// The first day of daily bars; nil if it has none.
    public let historyFrom: CalendarDate?
    /// Whether it knows splits and dividends.
    public let hasActions: Bool
    /// What the licence asks for.
    public let licence: Licence
    /// How often it may be asked, by everybody with the same credentials together; nil for no limit.
    public let rateLimit: RateLimit?

    /// A description of a source.
    public init(
        source: String,
        timeliness: Timeliness,
        batchSize: Int,
        historyFrom: CalendarDate?,
        hasActions: Bool,
        licence: Licence,
        rateLimit: RateLimit? = nil
    ) {
        precondition(batchSize > 0, "a batch has room for one symbol at least")
        self.source = source
        self.timeliness = timeliness
        self.batchSize = batchSize
        self.historyFrom = historyFrom
        self.hasActions = hasActions
        self.licence = licence
        self.rateLimit = rateLimit
    }
}
