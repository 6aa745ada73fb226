import Contracts
import Postgres
import RPC

extension WalletService {
    func auditBooks(_ request: WalletAuditBooksRequest, _ context: CallContext) async throws -> WalletAuditBooksResponse
    {
        let audit = WalletAudit(database: shares.database, profile: saga.profile)
        var response = WalletAuditBooksResponse()
        response.findings = try await audit.run(context).map { found in
            var finding = WalletAuditFinding()
            finding.subject = found.subject
            finding.problem = found.problem
            return finding
        }
        response.stuckOrders = try await saga.orders.stuck(after: saga.times.stuckAfter, by: context.deadline)
            .map(\.description)
        return response
    }
}
