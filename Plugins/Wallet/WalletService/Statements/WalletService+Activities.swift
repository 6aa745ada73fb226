import Contracts
import Money
import Observe
import Postgres
import RPC
import SwiftProtobuf

extension WalletService {
    func listActivities(
        _ request: WalletListActivitiesRequest,
        _ context: CallContext
    ) async throws -> WalletListActivitiesResponse {
        let client = try context.client()
        let limit = try Self.limit(request.limit)
        let kind = StoredActivity.Kind(rawValue: request.kind)
        guard request.kind.isEmpty || kind != nil else {
            throw RPCError.field("kind", "invalid", "must be deposit, split, dividend or reset")
        }
        let (account, before) = (try Self.account(request.account), try Self.cursor(request.cursor))
        try await noteDeposits(client, context)
        let found = try await activities.list(
            client,
            account: account,
            kind: kind,
            symbol: request.symbol.isEmpty ? nil : request.symbol,
            before: before,
            limit: limit + 1,
            by: context.deadline
        )
        var response = WalletListActivitiesResponse()
        response.items = found.prefix(limit).map { WalletActivity($0) }
        if found.count > limit { response.nextCursor = String(found[limit - 1].number, radix: 36) }
        return response
    }

    /// Takes over what profile has booked as deposits: they are the client's history too, and what profit is counted
    /// from.
    func noteDeposits(_ client: String, _ context: CallContext) async throws {
        let known = try await activities.deposits(of: client, by: context.deadline)
        var request = ProfileListPostingsRequest()
        request.userID = client
        request.kind = "deposit"
        request.pageSize = 500
        var news: [ProfilePosting] = []
        repeat {
            let page = try await saga.profile.listPostings(request, context.with(timeout: saga.times.call))
            news += page.items.filter { !known.contains($0.entryID) }
            // Newest first: behind one that is known there are only known ones.
            let isEnd = page.items.contains { known.contains($0.entryID) }
            request.cursor = isEnd ? "" : page.nextCursor
        } while !request.cursor.isEmpty
        for line in news.reversed() {
            try await activities.note(
                deposit: SharedAmount(line.amount.exact()),
                entry: line.entryID,
                at: WallTime(line.bookedAt),
                of: client,
                by: context.deadline
            )
        }
    }
}

extension WalletActivity {
    init(_ activity: StoredActivity) {
        self.init()
        id = activity.id.description
        kind = activity.kind.rawValue
        symbol = activity.symbol ?? ""
        date = activity.day?.description ?? ""
        bookedAt = .init(activity.bookedAt)
        if let amount = activity.amount { self.amount = .cash(amount.value, amount.currency) }
        quantity = activity.quantity?.normalized.description ?? ""
        if let ratio = activity.ratio { (newShares, oldShares) = (Int32(ratio.new), Int32(ratio.old)) }
        perShare = activity.perShare?.normalized.description ?? ""
    }
}
