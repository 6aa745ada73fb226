import Plugin

/// Who a price is from.
final class SourceLabel: Sendable {
    let name: String
    let timeliness: QuoteCapabilities.Timeliness
    let isFallback: Bool
    let batchSize: Int
    let hasActions: Bool
    /// How long the licence lets data be kept; nil for ever.
    let longestKept: Duration?
    /// How often the driver says it may be asked; nil for no limit.
    let rateLimit: QuoteCapabilities.RateLimit?

    init(_ capabilities: QuoteCapabilities, isFallback: Bool) {
        name = capabilities.source
        timeliness = capabilities.timeliness
        self.isFallback = isFallback
        batchSize = capabilities.batchSize
        hasActions = capabilities.hasActions
        rateLimit = capabilities.rateLimit
        longestKept = capabilities.licence.maximumCacheAge
    }

    var isReplayed: Bool { timeliness == .replayed }
}
