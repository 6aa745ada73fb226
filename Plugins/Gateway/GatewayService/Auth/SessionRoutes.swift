import Contracts
import HTTP
import RPC

/// The routes that set, read or remove the session's cookie.
struct SessionRoutes: Sendable {
    let auth: AuthClient
    let cookies: CookieJar

    var routes: [RESTRoute] { [login, logout, session, keys] }

    private var login: RESTRoute {
        RESTRoute(.post, "/api/v1/auth/login") { [auth, cookies] request, context in
            var message = try request.body(AuthLoginRequest.self)
            try request.finish()
            // The tokens are those of the cookies; nobody gives them by other means.
            guard message.deviceToken.isEmpty else { throw RESTError.unknownMember("deviceToken") }
            guard message.replacedToken.isEmpty else { throw RESTError.unknownMember("replacedToken") }
            let sent = request.cookies
            message.deviceToken = sent.only(cookies.device) ?? ""
            message.replacedToken = sent.only(cookies.session) ?? ""
            let answer = try await auth.login(message, context)
            return RESTResponse.json(SessionAnswer(session: answer.session)).setting(try cookies.setting(answer))
        }
    }

    private var logout: RESTRoute {
        RESTRoute(.post, "/api/v1/auth/logout") { [auth] request, context in
            try request.finish()
            var message = AuthLogoutRequest()
            message.token = try request.session().token
            _ = try await auth.logout(message, context)
            return .noContent
        }
    }

    private var session: RESTRoute {
        RESTRoute(.get, "/api/v1/auth/session") { request, _ in
            try request.finish()
            return .json(SessionAnswer(session: try request.session().session))
        }
    }

    private var keys: RESTRoute {
        RESTRoute(.get, "/api/v1/auth/jwks.json") { [auth] request, context in
            try request.finish()
            let keys = try await auth.getKeys(AuthGetKeysRequest(), context)
            return RESTResponse(
                status: 200,
                fields: ["content-type": "application/json", "cache-control": "public, max-age=300"],
                body: .bytes(Array(keys.jwks.utf8))
            )
        }
    }
}
