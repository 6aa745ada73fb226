internal import HTTP
import RPC

extension RESTRoute {
    /// GET /healthz: that the gateway answers. Whether the services behind it do is asked of the admin port.
    static let health = RESTRoute(.get, "/healthz") { request, _ in
        try request.finish()
        return RESTResponse(
            status: 200,
            fields: ["content-type": "text/plain; charset=utf-8"],
            body: .bytes(Array("ok\n".utf8))
        )
    }
}
