import Config
import Plugin

/// How long prices serve.
struct Freshness: Sendable {
    /// Without the source being asked again.
    var fresh: Duration
    /// After that, while the source is asked: so much later than `fresh` a price is handed out at the most without
    /// being called stale. An older one is waited for.
    var serve: Duration
    /// While no source answers: then as stale.
    var keep: Duration
    /// That a symbol is unknown.
    var unknown: Duration
    /// That no source answers.
    var failure = Duration.seconds(1)

    static let settings: [Setting] = [
        .duration(
            "market.cache.fresh",
            default: "5s",
            range: 0...3600,
            "how long a price serves before its source is asked again; at most 500ms when the market is replayed"
        ),
        .duration(
            "market.cache.serve",
            default: "15s",
            range: 0...3600,
            "how much older a price is handed out while its source is asked; at most 2s when the market is replayed"
        ),
        .duration(
            "market.cache.keep",
            default: "1h",
            range: 0...604_800,
            "how long the last price is handed out, as stale, while no source answers; the licence may allow less"
        ),
        .duration(
            "market.cache.unknown",
            default: "30s",
            range: 0...3600,
            "how long an unknown symbol is refused without asking its source again"
        ),
    ]

    init(_ settings: SettingsSnapshot) {
        self.init(
            fresh: settings.duration("market.cache.fresh"),
            serve: settings.duration("market.cache.serve"),
            keep: settings.duration("market.cache.keep"),
            unknown: settings.duration("market.cache.unknown")
        )
    }

    init(fresh: Duration, serve: Duration, keep: Duration, unknown: Duration) {
        self.fresh = fresh
        self.serve = serve
        self.keep = keep
        self.unknown = unknown
    }

    /// For the prices of one source: a replayed minute may last a second, and a licence may forbid to keep.
    func of(_ label: SourceLabel) -> Freshness {
        var own = self
        if label.isReplayed {
            own.fresh = min(own.fresh, .milliseconds(500))
            own.serve = min(own.serve, .seconds(2))
            own.unknown = min(own.unknown, .seconds(1))
        }
        if let longest = label.longestKept {
            own.fresh = min(own.fresh, longest)
            own.serve = min(own.serve, longest - own.fresh)
            own.keep = min(own.keep, longest)
        }
        // Whoever waited for a price must still find it.
        own.fresh = max(own.fresh, .milliseconds(100))
        own.serve = max(own.serve, .zero)
        return own
    }
}
