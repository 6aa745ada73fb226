import Contracts
import RPC

extension ProfileService {
    func listEntries(
        _ request: ProfileListEntriesRequest,
        _ context: CallContext
    ) async throws -> ProfileListEntriesResponse {
        var response = ProfileListEntriesResponse()
        guard request.entryIds.isEmpty else {
            guard request.entryIds.count <= 500 else {
                throw RPCError.field("entryIds", "too-many", "must be 500 at the most")
            }
            response.items = try await ledger.entries(request.entryIds, by: context.deadline)
            return response
        }
        guard (0...2000).contains(request.pageSize) else {
            throw RPCError.field("pageSize", "out-of-range", "must be 1 to 2000")
        }
        var start: Int64 = 0
        if !request.cursor.isEmpty {
            guard request.cursor.utf8.count <= 14, let number = Int64(request.cursor, radix: 36), number > 0 else {
                throw RPCError.field("cursor", "invalid", "must be the nextCursor of the page before")
            }
            start = number
        }
        let size = request.pageSize == 0 ? 500 : Int(request.pageSize)
        let page = try await ledger.entries(after: start, size: size, by: context.deadline)
        response.items = page.items
        response.nextCursor = page.next.map { String($0, radix: 36) } ?? ""
        return response
    }

    func auditLedger(
        _ request: ProfileAuditLedgerRequest,
        _ context: CallContext
    ) async throws -> ProfileAuditLedgerResponse {
        var response = ProfileAuditLedgerResponse()
        response.findings = try await LedgerAudit(database: ledger.database).run(context).map { found in
            var finding = ProfileAuditFinding()
            finding.subject = found.subject
            finding.problem = found.problem
            return finding
        }
        return response
    }
}
