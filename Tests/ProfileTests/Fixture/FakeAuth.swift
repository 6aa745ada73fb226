import Contracts
import RPC
import Synchronization

/// Auth as profile sees it: keeps what it was asked for.
final class FakeAuth: AuthServing {
    struct State {
        var changes: [AuthRequestEmailChangeRequest] = []
        var contexts: [CallContext] = []
        var forgotten: [String] = []
        /// Fails so many times.
        var failures = 0
    }

    let state = Mutex(State())

    var changes: [AuthRequestEmailChangeRequest] { state.withLock { $0.changes } }
    var forgotten: [String] { state.withLock { $0.forgotten } }

    func fail(_ times: Int) { state.withLock { $0.failures = times } }

    func requestEmailChange(
        _ request: AuthRequestEmailChangeRequest,
        _ context: CallContext
    ) async throws -> AuthRequestEmailChangeResponse {
        try failing()
        state.withLock {
            $0.changes.append(request)
            $0.contexts.append(context)
        }
        return AuthRequestEmailChangeResponse()
    }

    func forgetClient(
        _ request: AuthForgetClientRequest,
        _ context: CallContext
    ) async throws -> AuthForgetClientResponse {
        try failing()
        state.withLock { $0.forgotten.append(request.userID) }
        return AuthForgetClientResponse()
    }

    private func failing() throws {
        let fails = state.withLock { state in
            guard state.failures > 0 else { return false }
            state.failures -= 1
            return true
        }
        if fails { throw RPCError(.unavailable, "auth is away") }
    }
}
