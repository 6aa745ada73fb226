import Contracts
import RPC
import Synchronization

/// The real profile, over a line that loses and doubles what a test says.
final class ProfileProxy: ProfileServing {
    /// What becomes of a call.
    enum Fate: Sendable {
        case arrives
        /// It never arrives.
        case lost
        /// It is done, and its answer is lost.
        case unanswered
        /// It arrives twice.
        case doubled
    }

    private let real: ProfileClient
    private let fates = Mutex<[String: [Fate]]>([:])

    init(_ real: ProfileClient) { self.real = real }

    /// The fates of the next calls of a method, in order; then they arrive.
    func plan(_ method: String, _ next: [Fate]) { fates.withLock { $0[method] = next } }

    func getProfile(_ request: ProfileGetProfileRequest, _ context: CallContext) async throws -> ProfilePerson {
        var call = context
        try call.outgoing.append(CallContext.clientMetadata, try context.client())
        return try await real.getProfile(request, call)
    }

    func listEntries(
        _ request: ProfileListEntriesRequest,
        _ context: CallContext
    ) async throws -> ProfileListEntriesResponse { try await real.listEntries(request, context) }

    func getBalances(
        _ request: ProfileGetBalancesRequest,
        _ context: CallContext
    ) async throws -> ProfileGetBalancesResponse { try await real.getBalances(request, context) }

    func listPostings(
        _ request: ProfileListPostingsRequest,
        _ context: CallContext
    ) async throws -> ProfileListPostingsResponse { try await real.listPostings(request, context) }

    func resetCash(_ request: ProfileResetCashRequest, _ context: CallContext) async throws -> ProfileBalance {
        try await meet("reset") { try await self.real.resetCash(request, context) }
    }

    func holdCash(_ request: ProfileHoldCashRequest, _ context: CallContext) async throws -> ProfileBalance {
        try await meet("hold") { try await self.real.holdCash(request, context) }
    }

    func captureHold(_ request: ProfileCaptureHoldRequest, _ context: CallContext) async throws -> ProfileBalance {
        try await meet("capture") { try await self.real.captureHold(request, context) }
    }

    func releaseHold(_ request: ProfileReleaseHoldRequest, _ context: CallContext) async throws -> ProfileBalance {
        try await meet("release") { try await self.real.releaseHold(request, context) }
    }

    func creditCash(_ request: ProfileCreditCashRequest, _ context: CallContext) async throws -> ProfileBalance {
        try await meet("credit") { try await self.real.creditCash(request, context) }
    }

    private func meet(
        _ method: String,
        _ call: () async throws -> ProfileBalance
    ) async throws -> ProfileBalance {
        let fate = fates.withLock { fates -> Fate in
            guard let first = fates[method]?.first else { return .arrives }
            fates[method]?.removeFirst()
            return first
        }
        switch fate {
        case .arrives: return try await call()
        case .lost: throw RPCError(.unavailable, "lost")
        case .unanswered:
            _ = try await call()
            throw RPCError(.deadlineExceeded, "unanswered")
        case .doubled:
            _ = try await call()
            return try await call()
        }
    }
}
