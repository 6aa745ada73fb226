import Contracts
import HTTP
import Logging
import RPC

/// The routes of a login with Google. A browser follows the first two, so they answer with redirects to our own pages,
/// errors too.
///
/// What begins a login sets the flow cookie, and nothing that comes back from Google counts without it: somebody else's
/// answer, opened by a victim, opens no session (login CSRF).
struct GoogleRoutes: Sendable {
    let auth: AuthClient
    let cookies: CookieJar

    var routes: [RESTRoute] { [start, callback, link] }

    private var start: RESTRoute {
        RESTRoute(.get, "/api/v1/auth/google") { [auth, cookies] request, context in
            var message = AuthStartGoogleLoginRequest()
            message.next = try request.query("next", as: String.self) ?? ""
            try request.finish()
            let answer = try await auth.startGoogleLogin(message, context)
            guard let location = LocalPath.header(answer.location) else {
                throw RPCError(.internalError, "the issuer's address cannot stand in a field")
            }
            return .found(location).setting([try cookies.setting(flow: answer.flowToken)])
        }
    }

    /// Issuers add parameters of their own (`scope`, `authuser`, `prompt`), so unknown ones are no mistake here.
    private var callback: RESTRoute {
        RESTRoute(.get, "/api/v1/auth/google/callback") { [self] request, context in
            do {
                return try await finish(&request, context)
            } catch {
                let refused = (error as? RESTRefusal)?.cause ?? error
                if refused is CancellationError { throw error }
                let reason = Self.reason(of: refused)
                if reason == "unavailable" || reason == "internal" {
                    context.logger.error("a login with Google failed", metadata: ["error": "\(refused)"])
                }
                return .found("/login?error=\(reason)").setting([cookies.endingFlow])
            }
        }
    }

    private func finish(_ request: inout RESTRequest, _ context: CallContext) async throws -> RESTResponse {
        let sent = request.cookies
        guard let flow = sent.only(cookies.flow), !flow.isEmpty else {
            throw RPCError(.failedPrecondition, "this browser has begun no login", reason: "no-flow")
        }
        var message = AuthFinishGoogleLoginRequest()
        message.code = try request.query("code", as: String.self) ?? ""
        message.state = try request.query("state", as: String.self) ?? ""
        message.issuer = try request.query("iss", as: String.self) ?? ""
        message.error = try request.query("error", as: String.self) ?? ""
        message.flowToken = flow
        message.deviceToken = sent.only(cookies.device) ?? ""
        message.replacedToken = sent.only(cookies.session) ?? ""
        let answer = try await auth.finishGoogleLogin(message, context)
        guard answer.hasLogin else {
            return .found("/login?link=google").setting([try cookies.setting(flow: answer.flowToken)])
        }
        let set = try cookies.setting(answer.login) + [cookies.endingFlow]
        return .found(LocalPath.checked(answer.next)).setting(set)
    }

    private var link: RESTRoute {
        RESTRoute(.post, "/api/v1/auth/google/link") { [auth, cookies] request, context in
            var message = try request.body(AuthLinkGoogleAccountRequest.self)
            try request.finish()
            guard message.flowToken.isEmpty else { throw SessionRoutes.unknown("flowToken") }
            guard message.deviceToken.isEmpty else { throw SessionRoutes.unknown("deviceToken") }
            guard message.replacedToken.isEmpty else { throw SessionRoutes.unknown("replacedToken") }
            let sent = request.cookies
            guard let flow = sent.only(cookies.flow), !flow.isEmpty else {
                throw RPCError(.failedPrecondition, "this browser has begun no login with Google", reason: "no-flow")
            }
            message.flowToken = flow
            message.deviceToken = sent.only(cookies.device) ?? ""
            message.replacedToken = sent.only(cookies.session) ?? ""
            let answer = try await auth.linkGoogleAccount(message, context)
            return RESTResponse.json(SessionAnswer(session: answer.session))
                .setting(try cookies.setting(answer) + [cookies.endingFlow])
        }
    }

    /// A word for the address of the login page.
    private static func reason(of error: any Error) -> String {
        let status = RPCError(mapping: error)
        if let reason = status.reason, reason.utf8.allSatisfy({ (0x61...0x7a).contains($0) || $0 == 0x2d }) {
            return reason
        }
        if error is RESTError { return "bad-request" }
        return switch status.code {
        case .unavailable, .deadlineExceeded: "unavailable"
        case .internalError, .unknown, .dataLoss: "internal"
        default: "google-refused"
        }
    }
}
