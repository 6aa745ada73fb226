internal import Reactor

/// What to do with spans that a collector did not take, by the specification of OTLP: what may help is tried again, later and
/// later, or when the collector says; for so long. A value without clock or dice.
struct ExportRetry {
    enum Decision: Equatable {
        case again(after: Duration)
        case giveUp
    }

    static let firstDelay = Duration.seconds(1)
    static let longestDelay = Duration.seconds(15)
    /// After that the spans are too old to hold up newer ones.
    static let patience = Duration.seconds(60)

    private let begun: MonotonicTime
    private var delay = firstDelay

    init(begun: MonotonicTime) { self.begun = begun }

    /// - Parameter dice: 0 to 1, for the jitter of ±20 %.
    mutating func failed(_ error: RPCError, now: MonotonicTime, dice: Double) -> Decision {
        guard Self.isWorthAnother(error) else { return .giveUp }
        let wait = error.retryAfter ?? delay * (0.8 + 0.4 * dice)
        delay = min(delay * 2, Self.longestDelay)
        guard begun.duration(to: now) + wait <= Self.patience else { return .giveUp }
        return .again(after: wait)
    }

    /// A collector that is out of something has to say that it will have it again.
    private static func isWorthAnother(_ error: RPCError) -> Bool {
        if error.code == .resourceExhausted { return error.retryAfter != nil }
        return [.cancelled, .deadlineExceeded, .aborted, .outOfRange, .unavailable, .dataLoss].contains(error.code)
    }
}
