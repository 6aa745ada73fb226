public import Plugin

/// Where a quote source under test gets its data, and what it should find there. Every check gets a new one.
public protocol QuoteEnd: Sendable {
    /// A driver in a condition; asked only for those in `conditions`.
    func source(_ condition: QuoteCondition) throws -> any QuoteSource
    /// The conditions that this end can make; `normal` is always one.
    var conditions: Set<QuoteCondition> { get }
    /// What is true of its data.
    var facts: QuoteFacts { get }
    /// How many requests the server has seen; nil where there is none.
    func requestCount() async throws -> Int?
    /// Ends it.
    func stop()
}
