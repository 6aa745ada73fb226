import HTTP
import Observe
import RPC

/// A route as the gateway's are: a variable of the path, a query parameter, JSON of the size of a quote.
enum QuoteRoute {
    private struct Quote: JSONWritable {
        let symbol: String

        func writeJSON(to json: inout JSONWriter) {
            json.object { json in
                json.key("symbol")
                json.string(symbol)
                json.key("price")
                json.object { json in
                    json.key("amount")
                    json.string("123.45")
                    json.key("currency")
                    json.string("USD")
                }
                json.key("delaySeconds")
                json.number(900)
                json.key("stale")
                json.bool(false)
            }
        }
    }

    /// What serves it.
    static func handler() throws -> RESTHandler {
        let route = RESTRoute(.get, "/quotes/{symbol}", for: .anybody) { request, _ in
            let symbol = try request.path("symbol")
            try request.finish()
            return .json(Quote(symbol: symbol))
        }
        return try RESTHandler([route], metrics: RESTMetrics(MetricRegistry()))
    }
}
