import HTTP
import RPC

/// What a route's method and path say of it.
enum RouteAccess {
    /// Whether the method may change something (RFC 9110 §9.2.1).
    static func isUnsafe(_ method: HTTPMethod) -> Bool { method != .get && method != .head && method != .options }

    /// Whether the session is over once this has succeeded, so that its cookie must go.
    static func endsSession(_ call: RESTCall) -> Bool {
        isUnsafe(call.method)
            && (call.method == .post && call.template == "/api/v1/auth/logout"
                || call.method == .delete && call.template == "/api/v1/profile")
    }
}
