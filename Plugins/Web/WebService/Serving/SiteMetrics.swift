import Observe

/// Counts answers by what was asked for. Immutable but for the counts.
struct SiteMetrics: Sendable {
    let files: Counter
    let pages: Counter
    let unchanged: Counter
    let missing: Counter
    let redirected: Counter
    let refused: Counter
    let unready: Counter

    init(_ metrics: MetricRegistry) {
        let family = metrics.counters(
            "web_responses_total",
            help: "Answers of the client's files and pages.",
            labels: ["kind"]
        )
        files = family.with("file")
        pages = family.with("page")
        unchanged = family.with("unchanged")
        missing = family.with("missing")
        redirected = family.with("redirected")
        refused = family.with("refused")
        unready = family.with("unready")
    }
}
