internal import HTTP
internal import Observe

extension Span {
    /// The span of one request at the public door: `GET /api/v1/quotes/{symbol}`. What no route takes is called `HTTP`, as
    /// its method and its path are the peer's to invent.
    static func ofRequest(_ route: RESTRoute?, _ status: Int, _ trace: TraceContext, _ nanoseconds: UInt64) -> Span {
        var attributes: [(name: String, value: Value)] = [("http.response.status_code", .number(status))]
        var name = "HTTP"
        if let route {
            name = "\(route.method.rawValue) \(route.template)"
            attributes.append(("http.request.method", .text(route.method.rawValue)))
            attributes.append(("http.route", .text(route.template)))
        }
        let fault = status >= 500 ? "\(status)" : nil
        return Span(trace, name, .server, nanoseconds: nanoseconds, fault: fault, attributes)
    }
}
