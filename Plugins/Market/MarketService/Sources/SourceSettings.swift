import Config
import Observe
import Plugin
import Valkey

/// How the sources may be asked.
struct SourceSettings: Sendable {
    private static let slots = ["quotes", "fallback"]

    static let declared: [Setting] =
        [
            .duration(
                "market.source.timeout",
                default: "3s",
                range: 0.01...60,
                "how long a source may take to answer, before the next one is asked"
            )
        ]
        + slots.flatMap { slot -> [Setting] in
            [
                .int(
                    "market.budget.\(slot).perMinute",
                    default: 0,
                    range: 0...1_000_000,
                    "calls a minute that the source of market.\(slot) gets from all replicas; 0 for what its driver says"
                ),
                .int(
                    "market.budget.\(slot).burst",
                    default: 10,
                    range: 1...10_000,
                    "how many of those calls may come at once"
                ),
            ]
        }

    private let settings: SettingsSnapshot

    init(_ settings: SettingsSnapshot) { self.settings = settings }

    /// The sources in the order in which they are asked.
    func links(
        primary: DriverSlot<any QuoteSource>,
        fallback: DriverSlot<any QuoteSource>,
        store: ValkeyClient?,
        times: Times,
        metrics: MetricRegistry
    ) -> [SourceLink] {
        zip([primary, fallback], Self.slots).map { slot, name in
            SourceLink(
                slot,
                isFallback: slot === fallback,
                timeout: settings.duration("market.source.timeout"),
                budgets: budgets(name, store, times),
                times: times,
                metrics: metrics
            )
        }
    }

    private func budgets(_ slot: String, _ store: ValkeyClient?, _ times: Times) -> SourceBudgets {
        let perMinute = settings.int("market.budget.\(slot).perMinute")
        return SourceBudgets(
            configured: perMinute > 0 ? QuoteCapabilities.RateLimit(requests: perMinute, per: .seconds(60)) : nil,
            burst: settings.int("market.budget.\(slot).burst"),
            store: store,
            times: times
        )
    }
}
