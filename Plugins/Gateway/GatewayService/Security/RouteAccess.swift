import HTTP
import RPC

/// Which routes answer without a session. Every other one is closed, those that are not written yet too.
enum RouteAccess {
    private static let open: Set<String> = [
        "GET /healthz",
        // Machines, who prove to the mail driver who they are.
        "POST /hooks/mail",
        // Who has no session yet.
        "POST /api/v1/auth/register", "POST /api/v1/auth/login",
        "POST /api/v1/auth/email-verifications", "POST /api/v1/auth/email-verifications/confirm",
        "POST /api/v1/auth/password-resets", "POST /api/v1/auth/password-resets/confirm",
        "GET /api/v1/auth/google", "GET /api/v1/auth/google/callback", "POST /api/v1/auth/google/link",
        "GET /api/v1/auth/jwks.json",
        // Prices are for everybody.
        "GET /api/v1/companies", "GET /api/v1/companies/{symbol}", "GET /api/v1/companies/{symbol}/history",
        "GET /api/v1/companies/{symbol}/actions", "GET /api/v1/quotes", "GET /api/v1/quotes/{symbol}",
        "GET /api/v1/quotes/stream", "GET /api/v1/market/clock", "GET /api/v1/market/calendar",
    ]

    static func isOpen(_ call: RESTCall) -> Bool { open.contains("\(call.method) \(call.template)") }

    /// Whether the method may change something (RFC 9110 §9.2.1).
    static func isUnsafe(_ method: HTTPMethod) -> Bool { ![.get, .head, .options].contains(method) }

    /// Whether the session is over once this has succeeded, so that its cookie must go.
    static func endsSession(_ call: RESTCall) -> Bool {
        ["POST /api/v1/auth/logout", "DELETE /api/v1/profile"].contains("\(call.method) \(call.template)")
    }
}
