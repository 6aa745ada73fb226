import Config
import Contracts
import HTTP
import Logging
import RPC

/// A login with Google. A browser follows the first two routes, so they answer with redirects to our own pages; what
/// belongs to no login of this browser, or is not what the issuer says, with 400 (``GoogleRefusal``).
///
/// What begins a login sets the flow cookie, and nothing that comes back from Google counts without it: somebody else's
/// answer, opened by a victim, opens no session (login CSRF).
extension GatewayHandlers {
    func startGoogleLogin(
        next: String?,
        _ request: RESTRequest,
        _ context: CallContext
    ) async throws -> RESTResponse {
        var message = AuthStartGoogleLoginRequest()
        message.next = next ?? ""
        let answer = try await auth.startGoogleLogin(message, context)
        guard Self.canBeField(answer.location) else {
            throw RPCError(.internalError, "the issuer's address cannot stand in a field")
        }
        return .found(answer.location).setting([try cookies.setting(flow: answer.flowToken)])
    }

    func finishGoogleLogin(
        code: String?,
        state: String?,
        iss: String?,
        error: String?,
        _ request: RESTRequest,
        _ context: CallContext
    ) async throws -> RESTResponse {
        var message = AuthFinishGoogleLoginRequest()
        message.code = code ?? ""
        message.state = state ?? ""
        message.issuer = iss ?? ""
        message.error = error ?? ""
        do {
            return try await finish(message, request, context)
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

    private func finish(
        _ asked: AuthFinishGoogleLoginRequest,
        _ request: RESTRequest,
        _ context: CallContext
    ) async throws -> RESTResponse {
        let sent = request.cookies
        guard let flow = sent.only(cookies.flow), !flow.isEmpty else {
            throw RPCError(.invalidArgument, "this browser has begun no login", reason: "no-flow")
        }
        var message = asked
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

    func linkGoogleAccount(
        _ body: APILinkGoogleAccountRequest,
        _ request: RESTRequest,
        _ context: CallContext
    ) async throws -> RESTResponse {
        let sent = request.cookies
        guard let flow = sent.only(cookies.flow), !flow.isEmpty else {
            throw RPCError(.invalidArgument, "this browser has begun no login with Google", reason: "no-flow")
        }
        var message = AuthLinkGoogleAccountRequest()
        message.password = body.password
        message.code = body.code
        message.flowToken = flow
        message.deviceToken = sent.only(cookies.device) ?? ""
        message.replacedToken = sent.only(cookies.session) ?? ""
        let answer = try await auth.linkGoogleAccount(message, context)
        return RESTResponse.json(answer.session).setting(try cookies.setting(answer) + [cookies.endingFlow])
    }

    /// Whether the issuer's address can stand in a field, and is http or https.
    private static func canBeField(_ location: String) -> Bool {
        (location.hasPrefix("https://") || location.hasPrefix("http://"))
            && location.utf8.allSatisfy { (0x21...0x7e).contains($0) }
    }
}
