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
                    "calls a minute that the source of market.\(slot) gets from all replicas together; 0 for no limit"
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
                budget: budget(name, store, times),
                times: times,
                metrics: metrics
            )
        }
    }

    private func budget(_ slot: String, _ store: ValkeyClient?, _ times: Times) -> SourceBudget? {
        let perMinute = settings.int("market.budget.\(slot).perMinute")
        guard perMinute > 0 else { return nil }
        let burst = settings.int("market.budget.\(slot).burst")
        let shared = store.map { SharedBudget($0, source: slot, perMinute: perMinute, burst: burst) }
        return SourceBudget(perMinute: perMinute, burst: burst, shared: shared, times: times)
    }
}
