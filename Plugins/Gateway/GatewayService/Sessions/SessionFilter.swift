import Contracts
import HTTP
import Observe
import RPC
import Reactor

/// Stands around every route: says to the services whose request it is, and lets through only what is allowed.
///
/// An open route never asks auth, so prices are there while auth is not. A closed one has the session verified, or asks
/// whether it is still what it was.
struct SessionFilter: RESTFilter {
    /// How long auth may take to verify a session.
    static let patience = Duration.seconds(3)

    let auth: AuthClient
    let known: KnownSessions
    let cookies: CookieJar
    let origin: OriginCheck

    func answer(
        _ call: RESTCall,
        _ context: CallContext,
        _ route: (CallContext, (any Sendable)?) async throws -> RESTResponse
    ) async throws -> RESTResponse {
        let fields = call.head.fields
        guard case .session(let scope) = call.access else {
            // A login that another site begins would put the victim into the attacker's account.
            if RouteAccess.isUnsafe(call.method) { try origin.check(fields) }
            return try await route(context, nil)
        }
        let credential = Credential.read(fields, cookie: cookies.session)
        // Before auth is asked: what another site began has no effect, not even on when the session was last seen.
        if case .cookie = credential, RouteAccess.isUnsafe(call.method) { try origin.check(fields) }
        let (verified, renewed) = try await verify(credential, context)
        if case .cookie = credential, RouteAccess.isUnsafe(call.method) { try check(fields, verified.session) }
        if let scopes = verified.scopes, !scopes.contains(scope) { throw Self.insufficient(scope) }
        do {
            var context = context
            context.outgoing.append(contentsOf: verified.metadata)
            let response = try await route(context, verified)
            let ended = RouteAccess.endsSession(call) && response.status < 300
            return response.setting(ended ? [cookies.endingSession] : renewed)
        } catch  where !renewed.isEmpty {
            // The old token lasts a little longer only: the new one must arrive whatever the route says.
            throw RESTRefusal(error, fields: HTTPFields(renewed.map { ("set-cookie", $0.field) }))
        }
    }

    private func verify(
        _ credential: Credential,
        _ context: CallContext
    ) async throws -> (session: VerifiedSession, cookies: [SetCookie]) {
        guard let token = credential.token else {
            throw credential == .none
                ? unauthorized("there is no session", removing: false)
                : unauthorized("the session cannot be told from the request", removing: true)
        }
        let isKey = if case .bearer = credential { true } else { false }
        let context = context.waiting(Self.patience)
        if let session = try await known.session(credential, context) { return (session, []) }
        var request = AuthVerifySessionRequest()
        request.token = token
        let begun = MonotonicTime.now()
        let answer: AuthVerifySessionResponse
        do {
            answer = try await auth.verifySession(request, context)
        } catch let error as RPCError where error.code == .unauthenticated {
            throw unauthorized("the session is over", removing: credential == .cookie(token))
        } catch let error as RPCError where error.code == .deadlineExceeded {
            throw RPCError(.unavailable, "sessions cannot be verified at the moment")
        }
        guard !isKey, !answer.newToken.isEmpty else {
            let session = try VerifiedSession(
                session: answer.session,
                token: token,
                scopes: isKey ? answer.scopes : nil
            )
            known.remember(session, of: answer, since: begun)
            return (session, [])
        }
        let cookie = try cookies.setting(session: answer.newToken, of: answer.session)
        return (try VerifiedSession(session: answer.session, token: answer.newToken, scopes: nil), [cookie])
    }

    /// A page of another site can have a browser send the cookie, but cannot read the token that goes with it.
    private func check(_ fields: HTTPFields, _ session: AuthSession) throws {
        let given = fields.values(for: "x-csrf-token")
        guard given.count == 1, !session.csrfToken.isEmpty, Secret(given[0]) == Secret(session.csrfToken) else {
            throw RPCError(
                .permissionDenied,
                "X-CSRF-Token must be the csrfToken of GET /api/v1/auth/session",
                reason: "csrf"
            )
        }
    }

    /// RFC 6750 §3.1.
    private static func insufficient(_ scope: String) -> RESTRefusal {
        RESTRefusal(
            RPCError(
                .permissionDenied,
                "the session key is not for the scope \(scope)",
                reason: "insufficient-scope"
            ),
            fields: ["www-authenticate": "Bearer error=\"insufficient_scope\", scope=\"\(scope)\""]
        )
    }

    private func unauthorized(_ message: String, removing: Bool) -> RESTRefusal {
        var fields: HTTPFields = ["www-authenticate": "Bearer"]
        if removing { fields.append("set-cookie", cookies.endingSession.field) }
        return RESTRefusal(RPCError(.unauthenticated, message), fields: fields)
    }
}
