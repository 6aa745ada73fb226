import HTTP
import RPC

/// What a route's method and path say of it.
enum RouteAccess {
    /// Whether the method may change something (RFC 9110 §9.2.1).
    static func isUnsafe(_ method: HTTPMethod) -> Bool { ![.get, .head, .options].contains(method) }

    /// Whether the session is over once this has succeeded, so that its cookie must go.
    static func endsSession(_ call: RESTCall) -> Bool {
        ["POST /api/v1/auth/logout", "DELETE /api/v1/profile"].contains("\(call.method) \(call.template)")
    }
}
