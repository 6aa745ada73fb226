import HTTP
import RPC

extension RESTRoute {
    /// GET /healthz: that the gateway answers. Whether the services behind it do is asked of the admin port.
    static let health = RESTRoute(.get, "/healthz", for: .anybody) { request, _ in
        try request.finish()
        return .text("ok\n")
    }
    .counted(.none)
    .making("text/plain")
}
