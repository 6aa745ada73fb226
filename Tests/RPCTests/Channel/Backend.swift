import Contracts
import RPC
import Reactor
import SwiftProtobuf
import Synchronization

/// A server of lonja.test.v1.Echo that does what a test says, and counts.
final class Backend: EchoServing {
    typealias Behaviour = @Sendable (EchoEchoRequest) async throws -> Void

    private struct State {
        var behaviour: Behaviour = { _ in }
        var pushback: RetryPushback?
        var calls = 0
        var times: [MonotonicTime] = []
        var underWay = 0
        var mostUnderWay = 0
        var cancelled = 0
    }
    private let state = Mutex(State())

    /// Calls that have come since `forget`.
    var calls: Int { state.withLock { $0.calls } }
    /// When they came.
    var times: [MonotonicTime] { state.withLock { $0.times } }
    /// The most that were here at once.
    var mostUnderWay: Int { state.withLock { $0.mostUnderWay } }
    /// Calls whose caller gave up.
    var cancelled: Int { state.withLock { $0.cancelled } }

    func behave(_ behaviour: @escaping Behaviour) { state.withLock { $0.behaviour = behaviour } }
    /// What `read` says beside its failures of when to try again.
    func pushBack(_ pushback: RetryPushback?) { state.withLock { $0.pushback = pushback } }

    func forget() {
        state.withLock { state in
            state.calls = 0
            state.times = []
        }
    }

    func unary(_ request: EchoEchoRequest, _ context: CallContext) async throws -> EchoEchoResponse {
        try await answer(request)
    }

    func read(_ request: EchoEchoRequest, _ context: CallContext) async throws -> EchoEchoResponse {
        context.response?.retryPushback = state.withLock { $0.pushback }
        return try await answer(request)
    }

    func readHedged(_ request: EchoEchoRequest, _ context: CallContext) async throws -> EchoEchoResponse {
        try await answer(request)
    }

    private func answer(_ request: EchoEchoRequest) async throws -> EchoEchoResponse {
        let behaviour = state.withLock { state in
            state.calls += 1
            state.times.append(.now())
            state.underWay += 1
            state.mostUnderWay = max(state.mostUnderWay, state.underWay)
            return state.behaviour
        }
        defer { state.withLock { $0.underWay -= 1 } }
        do {
            try await behaviour(request)
        } catch let error as CancellationError {
            state.withLock { $0.cancelled += 1 }
            throw error
        }
        return EchoEchoResponse.with { $0.text = request.text }
    }
}

/// Lets a handler wait on its loop.
func pause(_ time: Duration) async throws {
    if let loop = EventLoop.current { try await loop.sleep(for: time) }
}
