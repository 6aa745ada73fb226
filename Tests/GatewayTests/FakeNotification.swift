import Contracts
import RPC
import Synchronization

/// A notification service that keeps the reports it is given.
final class FakeNotification: NotificationServing {
    struct State {
        var reports: [NotificationReportMailsRequest] = []
        var failure: RPCError?
        /// Called while a report is under way.
        var during: (@Sendable () async -> Void)?
    }

    private let mutex = Mutex(State())

    var state: State { mutex.withLock { $0 } }

    func change(_ body: (inout State) -> Void) { mutex.withLock { body(&$0) } }

    func reportMails(
        _ request: NotificationReportMailsRequest,
        _ context: CallContext
    ) async throws -> NotificationReportMailsResponse {
        change { $0.reports.append(request) }
        await state.during?()
        if let failure = state.failure { throw failure }
        return NotificationReportMailsResponse()
    }
}
