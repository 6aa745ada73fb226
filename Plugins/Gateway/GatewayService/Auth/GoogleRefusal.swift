import HTTP
import RPC

/// A login with Google that came to nothing, as the browser that came back from there is told.
///
/// What may be somebody else's doing (an answer without this browser's flow, with another state, of another issuer,
/// for the second time, with a code or a token that does not hold) is 400. What the client decided, or what nobody
/// here can help, is said by the login page.
struct GoogleRefusal {
    /// A stable code of small letters and hyphens, so that it can stand in an address.
    let reason: String
    /// Whether it is a fault of ours or of the issuer's.
    let isOurs: Bool
    private let cause: any Error
    private let isBad: Bool

    /// Refusals with INVALID_ARGUMENT that an honest client meets: a "no" at the issuer, an address that is not
    /// verified there.
    private static let told: Set<String> = ["login-denied", "login-email-unverified"]

    init(_ error: any Error) {
        let status = RPCError(mapping: error)
        cause = error
        isOurs = [.unavailable, .deadlineExceeded, .internalError, .unknown, .dataLoss].contains(status.code)
        if let given = status.reason, given.utf8.allSatisfy({ (0x61...0x7a).contains($0) || $0 == 0x2d }) {
            reason = given
        } else if error is RESTError {
            reason = "bad-request"
        } else {
            switch status.code {
            case .unavailable, .deadlineExceeded: reason = "unavailable"
            case .internalError, .unknown, .dataLoss: reason = "internal"
            default: reason = "google-refused"
            }
        }
        isBad = error is RESTError || status.code == .invalidArgument && !Self.told.contains(reason)
    }

    /// The answer, which ends the flow. People are led on from a 400 too: the page sends their browser to the login
    /// page.
    /// - Throws: what becomes the problem of a 400, for programs.
    func answer(_ fields: HTTPFields, removing flow: SetCookie) throws -> RESTResponse {
        let page = "/login?error=\(reason)"
        guard isBad else { return .found(page).setting([flow]) }
        guard fields.values(for: "accept").contains(where: { $0.contains("text/html") }) else {
            let problem = RESTError(status: 400, code: reason, RPCError(mapping: cause).message)
            throw RESTRefusal(cause is RESTError ? cause : problem, fields: ["set-cookie": flow.field])
        }
        let html = """
            <!DOCTYPE html>
            <html lang="en">
            <meta charset="utf-8">
            <meta http-equiv="refresh" content="0;url=\(page)">
            <title>Lonja</title>
            <p><a href="\(page)">The login did not work. Go on.</a></p>
            </html>

            """
        return RESTResponse(
            status: 400,
            fields: [
                "content-type": "text/html; charset=utf-8", "content-security-policy": "default-src 'none'",
                "referrer-policy": "no-referrer",
            ],
            body: .bytes(Array(html.utf8))
        ).setting([flow])
    }
}
