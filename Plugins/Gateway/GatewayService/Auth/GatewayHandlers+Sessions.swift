import Contracts
import HTTP
import RPC

/// What sets, reads or removes the session's cookie.
extension GatewayHandlers {
    func login(
        _ body: APILoginRequest,
        _ request: RESTRequest,
        _ context: CallContext
    ) async throws -> RESTResponse {
        let sent = request.cookies
        var message = AuthLoginRequest()
        message.email = body.email
        message.password = body.password
        message.remember = body.remember
        // The tokens are those of the cookies; nobody gives them by other means.
        message.deviceToken = sent.only(cookies.device) ?? ""
        message.replacedToken = sent.only(cookies.session) ?? ""
        let answer = try await auth.login(message, context)
        return RESTResponse.json(answer.session).withSecret().setting(try cookies.setting(answer))
    }

    func logout(_ request: RESTRequest, _ context: CallContext) async throws -> RESTResponse {
        var message = AuthLogoutRequest()
        message.token = try request.session().token
        _ = try await auth.logout(message, context)
        return .noContent
    }

    func getSession(_ request: RESTRequest, _ context: CallContext) async throws -> RESTResponse {
        // It has the token against forged requests.
        RESTResponse.json(try request.session().session).withSecret()
    }

    func getKeys(_ request: RESTRequest, _ context: CallContext) async throws -> RESTResponse {
        let keys = try await auth.getKeys(AuthGetKeysRequest(), context)
        return RESTResponse(
            status: 200,
            fields: ["content-type": "application/json", "cache-control": "public, max-age=300"],
            body: .bytes(Array(keys.jwks.utf8))
        )
    }
}
