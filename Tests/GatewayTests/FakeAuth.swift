import Contracts
import RPC
import SwiftProtobuf
import Synchronization

/// An auth service with one session, as its contract says, that keeps what it is asked.
final class FakeAuth: AuthServing {
    static let token = "session-token"
    static let csrf = "csrf-token"

    struct State {
        var verified = 0
        var verifyFailure: RPCError?
        var newToken = ""
        /// How long an answer may be kept, and the number of the last change.
        var holds: Int64 = 0
        var position: Int64 = 100
        var changed: [String] = []
        var asked = 0
        var changesFailure: RPCError?
        var remembered = false
        var logins: [AuthLoginRequest] = []
        var loginFailure: RPCError?
        var logouts: [String] = []
        var registered = 0
        var changeFailure: RPCError?
        var finishes: [AuthFinishGoogleLoginRequest] = []
        var finishFailure: RPCError?
        var finishAnswer = AuthFinishGoogleLoginResponse()
        var links: [AuthLinkGoogleAccountRequest] = []
        var metadata: [Metadata] = []
    }

    private let mutex = Mutex(State())

    var state: State { mutex.withLock { $0 } }

    func change(_ body: (inout State) -> Void) { mutex.withLock { body(&$0) } }

    static func session(remembered: Bool = false) -> AuthSession {
        var session = AuthSession()
        session.id = "s-1"
        session.userID = "u-1"
        session.csrfToken = csrf
        session.authenticatedAt.seconds = 1_700_000_000
        session.expiresAt.seconds = 4_000_000_000
        session.remembered = remembered
        session.emailVerified = true
        return session
    }

    static func login(remembered: Bool = false) -> AuthLoginResponse {
        var answer = AuthLoginResponse()
        answer.token = "fresh-token"
        answer.deviceToken = "device-token"
        answer.session = session(remembered: remembered)
        return answer
    }

    private func note(_ context: CallContext) { change { $0.metadata.append(context.metadata) } }

    func verifySession(
        _ request: AuthVerifySessionRequest,
        _ context: CallContext
    ) async throws -> AuthVerifySessionResponse {
        note(context)
        let (failure, newToken, remembered, holds, position) = mutex.withLock { state in
            state.verified += 1
            return (state.verifyFailure, state.newToken, state.remembered, state.holds, state.position)
        }
        if let failure { throw failure }
        guard request.token == Self.token || request.token.hasPrefix("key.") else {
            throw RPCError(.unauthenticated, "there is no such session")
        }
        var answer = AuthVerifySessionResponse()
        answer.session = Self.session(remembered: remembered)
        answer.newToken = newToken
        answer.holdsMilliseconds = holds
        answer.position = position
        // "key.trade.…" is a key for trades alone.
        let word = request.token.split(separator: ".").dropFirst().first.map(String.init) ?? ""
        answer.scopes = ["read", "trade", "account"].contains(word) ? [word] : ["read", "trade", "account"]
        return answer
    }

    func listSessionChanges(
        _ request: AuthListSessionChangesRequest,
        _ context: CallContext
    ) async throws -> AuthListSessionChangesResponse {
        note(context)
        let state = mutex.withLock { state in
            state.asked += 1
            return state
        }
        if let failure = state.changesFailure { throw failure }
        var answer = AuthListSessionChangesResponse()
        answer.position = state.position
        answer.userIds = request.since < state.position ? state.changed : []
        return answer
    }

    func register(_ request: AuthRegisterRequest, _ context: CallContext) async throws -> AuthRegisterResponse {
        note(context)
        change { $0.registered += 1 }
        return AuthRegisterResponse()
    }

    func login(_ request: AuthLoginRequest, _ context: CallContext) async throws -> AuthLoginResponse {
        note(context)
        change { $0.logins.append(request) }
        if let failure = state.loginFailure { throw failure }
        return Self.login(remembered: request.remember)
    }

    func logout(_ request: AuthLogoutRequest, _ context: CallContext) async throws -> AuthLogoutResponse {
        change { $0.logouts.append(request.token) }
        return AuthLogoutResponse()
    }

    func listSessions(
        _ request: AuthListSessionsRequest,
        _ context: CallContext
    ) async throws -> AuthListSessionsResponse {
        note(context)
        var answer = AuthListSessionsResponse()
        var item = AuthSessionSummary()
        item.id = try context.session()
        answer.items = [item]
        return answer
    }

    func changePassword(
        _ request: AuthChangePasswordRequest,
        _ context: CallContext
    ) async throws -> AuthChangePasswordResponse {
        if let failure = state.changeFailure { throw failure }
        return AuthChangePasswordResponse()
    }

    func startGoogleLogin(
        _ request: AuthStartGoogleLoginRequest,
        _ context: CallContext
    ) async throws -> AuthStartGoogleLoginResponse {
        var answer = AuthStartGoogleLoginResponse()
        answer.location = "https://issuer.example/authorize?next=\(request.next.utf8.count)"
        answer.flowToken = "flow-token"
        return answer
    }

    func finishGoogleLogin(
        _ request: AuthFinishGoogleLoginRequest,
        _ context: CallContext
    ) async throws -> AuthFinishGoogleLoginResponse {
        change { $0.finishes.append(request) }
        if let failure = state.finishFailure { throw failure }
        return state.finishAnswer
    }

    func linkGoogleAccount(
        _ request: AuthLinkGoogleAccountRequest,
        _ context: CallContext
    ) async throws -> AuthLoginResponse {
        change { $0.links.append(request) }
        return Self.login()
    }

    func getKeys(_ request: AuthGetKeysRequest, _ context: CallContext) async throws -> AuthGetKeysResponse {
        var answer = AuthGetKeysResponse()
        answer.jwks = #"{"keys":[]}"#
        return answer
    }
}
