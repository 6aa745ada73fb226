import Config
import Contracts
import HTTP
import Logging
import RPC

/// The routes of a login with Google. A browser follows the first two, so they answer with redirects to our own pages;
/// what belongs to no login of this browser, or is not what the issuer says, with 400 (``GoogleRefusal``).
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
            guard Self.canBeField(answer.location) else {
                throw RPCError(.internalError, "the issuer's address cannot stand in a field")
            }
            return .found(answer.location).setting([try cookies.setting(flow: answer.flowToken)])
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
                let refusal = GoogleRefusal(refused)
                if refusal.isOurs {
                    context.logger.error("a login with Google failed", metadata: ["error": "\(refused)"])
                }
                return try refusal.answer(request.head.fields, removing: cookies.endingFlow)
            }
        }
    }

    private func finish(_ request: inout RESTRequest, _ context: CallContext) async throws -> RESTResponse {
        let sent = request.cookies
        guard let flow = sent.only(cookies.flow), !flow.isEmpty else {
            throw RPCError(.invalidArgument, "this browser has begun no login", reason: "no-flow")
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
        // Auth has checked it already; what goes into a field is checked again.
        return .found(LocalPath(answer.next).text).setting(set)
    }

    private var link: RESTRoute {
        RESTRoute(.post, "/api/v1/auth/google/link") { [auth, cookies] request, context in
            var message = try request.body(AuthLinkGoogleAccountRequest.self)
            try request.finish()
            guard message.flowToken.isEmpty else { throw RESTError.unknownMember("flowToken") }
            guard message.deviceToken.isEmpty else { throw RESTError.unknownMember("deviceToken") }
            guard message.replacedToken.isEmpty else { throw RESTError.unknownMember("replacedToken") }
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

    /// Whether the issuer's address can stand in a field, and is http or https.
    private static func canBeField(_ location: String) -> Bool {
        (location.hasPrefix("https://") || location.hasPrefix("http://"))
            && location.utf8.allSatisfy { (0x21...0x7e).contains($0) }
    }
}
