import Observe
import Plugin
import Synchronization
import Valkey

/// Holds prices back until they may be shown. What was observed is remembered by this process, and by all replicas where
/// they share a store; a price that nobody has seen a quarter of an hour ago is shown only as far as it is old enough
/// itself.
final class DelayDesk: Sendable {
    private static let mostSymbols = 4000
    private static let spacing = Duration.seconds(15)

    private struct Key: Hashable {
        var source: String
        var symbol: String
    }

    private let buffers = Mutex<[Key: DelayBuffer<SourcedQuote>]>([:])
    private let shared: SharedDelays?
    private let calendar = NYSECalendar()
    private let now: @Sendable () -> WallTime

    init(shared: SharedDelays? = nil, now: @escaping @Sendable () -> WallTime) {
        self.shared = shared
        self.now = now
    }

    /// What may be shown of what sources just said, in their order; `stale` where nothing may be.
    func admit(_ observed: [SourcedQuote]) async -> [Result<SourcedQuote, QuoteSourceError>] {
        let held = observed.filter { DelayRule.applies(to: $0.label.timeliness) }
        guard !held.isEmpty else { return observed.map { .success($0) } }
        let moment = now()
        let own = held.map { note($0, moment) }
        // A store that does not answer leaves what this process knows.
        let others: [SourcedQuote?]? = try? await shared?.exchange(
            held,
            at: moment,
            delay: DelayRule.delay,
            spacing: Self.spacing
        )
        var earlier = zip(own, others ?? own.map { _ in nil }).map { Self.newer($0, $1) }[...]
        return observed.map { quote in
            guard DelayRule.applies(to: quote.label.timeliness) else { return .success(quote) }
            let before = earlier.popFirst() ?? nil
            let shown = DelayRule.shown(quote.quote, earlier: before, calendar: calendar, now: moment)
            guard let shown else {
                return .failure(
                    QuoteSourceError(.stale, "no price of \(quote.quote.symbol) may be shown yet")
                )
            }
            return .success(SourcedQuote(shown, quote.label))
        }
    }

    /// Notes it, and gives the newest that is old enough.
    private func note(_ observed: SourcedQuote, _ moment: WallTime) -> SourcedQuote? {
        let key = Key(source: observed.label.name, symbol: observed.quote.symbol)
        return buffers.withLock { buffers in
            if buffers.count >= Self.mostSymbols, buffers[key] == nil { buffers.removeAll() }
            buffers[key, default: DelayBuffer(spacing: Self.spacing)]
                .add(observed, at: moment, delay: DelayRule.delay)
            return buffers[key]?.shown(at: moment, delay: DelayRule.delay)?.observation
        }
    }

    private static func newer(_ left: SourcedQuote?, _ right: SourcedQuote?) -> SourcedQuote? {
        guard let left, let right else { return left ?? right }
        return right.quote.asOf > left.quote.asOf ? right : left
    }
}
