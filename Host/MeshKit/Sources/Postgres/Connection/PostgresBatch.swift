internal import Reactor

/// Statements that are sent in one piece and executed in one transaction, or in the one that is open. Loop only.
///
/// Each is a request of its own on the connection; the caller gets all results, or the first error.
// Safe: as for `PostgresRequest`.
final class PostgresBatch: @unchecked Sendable {
    let members: [PostgresRequest]
    /// Whether it is a transaction of its own, so that after an error nothing of it is left and it may be sent again.
    let mayBeRepeated: Bool

    /// Its place in the pool's queue while it waits there.
    var waiter: UInt64?
    var timer: LoopTimer?
    /// Whether the Sync behind it is also that of others.
    var sharesSync = false
    /// Whether it is to share no more, as others have failed beside it.
    private var isAlone = false
    private var retriesLeft = 2
    /// Members that are under way.
    private var left = 0
    private var failure: PostgresError?
    private var mustRepeat = false
    private var caller: UnsafeContinuation<Result<[PQResult], PostgresError>, Never>?

    /// - Parameter prelude: executed before the first, such as BEGIN; then, or in an open transaction, not repeatable.
    init(_ queries: [PostgresQuery], prelude: String?, mayBeRepeated: Bool) {
        members = queries.enumerated().map { index, query in
            PostgresRequest(query, prelude: index == 0 ? prelude : nil)
        }
        self.mayBeRepeated = mayBeRepeated
    }

    /// A task waits for the results.
    func wait(_ continuation: UnsafeContinuation<Result<[PQResult], PostgresError>, Never>) { caller = continuation }

    var isAnswered: Bool { caller == nil }

    /// Whether nothing in it hinders executing it together with other reads.
    var isReads: Bool { mayBeRepeated && !isAlone && members.allSatisfy { $0.kind?.isRead == true } }

    /// What it probably costs, in nanoseconds, if it may share a Sync; nil if not.
    var costAsRead: Int64? {
        guard isReads else { return nil }
        return members.reduce(0) { $0 + ($1.kind?.cost ?? PostgresPoolState.gathered / 4) }
    }

    /// It is being sent.
    func begin(sharing: Bool) {
        sharesSync = sharing
        left = members.count
        for member in members { member.batch = self }
    }

    /// A member has failed; where its transaction failed at its end, the last one.
    func failed(_ error: PostgresError) {
        if failure == nil { failure = error }
    }

    /// The reason of a failure is none of the caller's: a statement that the server no longer knows, a cancel request that
    /// was for another.
    func failedForNoReasonOfItsOwn() { mustRepeat = true }

    /// The transaction of a member is over. True when that was the last one, and all is to be sent again.
    func ended(_ member: PostgresRequest, groupFailed: Bool) -> Bool {
        left -= 1
        member.batch = nil
        guard left == 0, !isAnswered else { return false }
        // Others drew it in: they shared the Sync, and it is not said who failed there.
        let isInnocent = groupFailed && failure == nil && sharesSync
        if isInnocent || mustRepeat, mayBeRepeated, retriesLeft > 0 {
            retriesLeft -= 1
            isAlone = true
            (failure, mustRepeat) = (nil, false)
            for member in members { member.reset() }
            return true
        }
        answer(outcome(groupFailed))
        return false
    }

    /// Answers the caller, once.
    func answer(_ outcome: Result<[PQResult], PostgresError>) {
        guard let caller else { return }
        self.caller = nil
        timer?.cancel()
        timer = nil
        caller.resume(returning: outcome)
    }

    private func outcome(_ groupFailed: Bool) -> Result<[PQResult], PostgresError> {
        if let failure { return .failure(failure) }
        let results = members.compactMap(\.result)
        guard results.count == members.count, !groupFailed else {
            return .failure(PostgresError(.connectionLost, "statements ended without a result"))
        }
        return .success(results)
    }
}
