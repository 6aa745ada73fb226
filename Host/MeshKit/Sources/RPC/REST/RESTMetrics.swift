import HTTP
public import Observe

/// Counts and times the requests of each route: `http_server_requests_total` (labels method, route, status) and
/// `http_server_request_seconds` (method, route; a stream's until it begins).
///
/// A route is its template, as "/api/v1/quotes/{symbol}"; what matches none counts as "other".
public final class RESTMetrics: Sendable {
    private let requests: MetricFamily<Counter>
    private let times: MetricFamily<Histogram>

    /// Puts its metrics into `metrics`.
    public init(_ metrics: MetricRegistry) {
        requests = metrics.counters(
            "http_server_requests_total",
            help: "Requests that were answered.",
            labels: ["method", "route", "status"]
        )
        times = metrics.histograms(
            "http_server_request_seconds",
            help: "How long requests took.",
            labels: ["method", "route"]
        )
    }

    /// The series of one route, looked up once.
    func route(_ method: HTTPMethod, _ template: String) -> RouteMetrics {
        RouteMetrics(
            method: method.rawValue,
            template: template,
            requests: requests,
            good: requests.with(method.rawValue, template, "200"),
            time: times.with(method.rawValue, template)
        )
    }

    /// A request that no route takes.
    func unmatched(_ method: HTTPMethod, status: Int) {
        // Methods are the peer's to invent, so only known ones become label values.
        let known: [HTTPMethod] = [.get, .head, .post, .put, .patch, .delete, .options]
        requests.with(known.contains(method) ? method.rawValue : "other", "other", "\(status)").increment()
    }
}

/// The series of one route. Any thread.
struct RouteMetrics: Sendable {
    let method: String
    let template: String
    let requests: MetricFamily<Counter>
    let good: Counter
    let time: Histogram

    func finished(status: Int, nanoseconds: UInt64) {
        if status == 200 { good.increment() } else { requests.with(method, template, "\(status)").increment() }
        time.observe(Double(nanoseconds) / 1e9)
    }
}
