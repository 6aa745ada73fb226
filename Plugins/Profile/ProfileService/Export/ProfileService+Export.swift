import Contracts
import Observe
import Postgres
import RPC

extension ProfileService {
    /// One JSON document with all that is kept of the client, written as it is read: no connection is held while a slow
    /// reader takes its time, and of the ledger one page is in memory.
    func exportProfile(
        _ request: ProfileExportProfileRequest,
        _ responses: RPCWriter<ProfileChunk>,
        _ context: CallContext
    ) async throws {
        let id = try PostgresUUID(clientOf: context)
        let account = try await accounts.get(id, by: context.deadline)
        let identities = try await accounts.identities(of: id, by: context.deadline)
        let balances = try await ledger.balances(of: id, by: context.deadline)
        var linked: [ExportDocument.Identity] = []
        for row in identities {
            let (issuer, subject, time) = try row.decode(String.self, String.self, WallTime.self)
            linked.append(.init(issuer: issuer, subject: subject, linkedAt: time))
        }
        var document = ExportDocument(exportedAt: .now())
        document.begin(account, linked, balances)
        try await Self.write(document.take(), to: responses)
        var cursor: PostingCursor?
        repeat {
            let page = try await ledger.postings(of: id, from: cursor, size: 500, by: context.deadline)
            for posting in page.items { document.add(posting) }
            try await Self.write(document.take(), to: responses)
            cursor = page.next
        } while cursor != nil
        let photo = account.hasPhoto ? try await photos.get(id, .large)?.jpeg : nil
        document.end(photo: photo)
        try await Self.write(document.take(), to: responses)
    }
}
