import Contracts
import Money
import Postgres
import RPC

/// What wallet asks for.
extension ProfileService {
    func getBalances(
        _ request: ProfileGetBalancesRequest,
        _ context: CallContext
    ) async throws -> ProfileGetBalancesResponse {
        let id = try PostgresUUID(client: request.userID)
        var response = ProfileGetBalancesResponse()
        response.items = try await ledger.balances(of: id, by: context.deadline).map(ProfileBalance.init)
        return response
    }

    func holdCash(_ request: ProfileHoldCashRequest, _ context: CallContext) async throws -> ProfileBalance {
        let client = try PostgresUUID(client: request.userID)
        let id = try Cash.check(id: request.holdID, field: "holdId")
        let amount = try Cash.check(request.amount)
        return try await ledger.hold(id, of: client, amount, by: context.deadline)
    }

    func captureHold(_ request: ProfileCaptureHoldRequest, _ context: CallContext) async throws -> ProfileBalance {
        let id = try Cash.check(id: request.holdID, field: "holdId")
        return try await ledger.capture(id, Cash.check(request.amount), by: context.deadline)
    }

    func releaseHold(_ request: ProfileReleaseHoldRequest, _ context: CallContext) async throws -> ProfileBalance {
        let id = try Cash.check(id: request.holdID, field: "holdId")
        return try await ledger.release(id, by: context.deadline)
    }

    func creditCash(_ request: ProfileCreditCashRequest, _ context: CallContext) async throws -> ProfileBalance {
        let client = try PostgresUUID(client: request.userID)
        let id = try Cash.check(id: request.entryID, field: "entryId")
        let amount = try Cash.check(request.amount)
        return try await ledger.credit(id, to: client, amount, by: context.deadline)
    }

    func resetCash(_ request: ProfileResetCashRequest, _ context: CallContext) async throws -> ProfileBalance {
        let client = try PostgresUUID(client: request.userID)
        let id = try Cash.check(id: request.entryID, field: "entryId")
        return try await ledger.reset(id, of: client, by: context.deadline)
    }

    func getHold(_ request: ProfileGetHoldRequest, _ context: CallContext) async throws -> ProfileHold {
        let id = try Cash.check(id: request.holdID, field: "holdId")
        return ProfileHold(id, try await ledger.hold(id, by: context.deadline))
    }

    func listPostings(
        _ request: ProfileListPostingsRequest,
        _ context: CallContext
    ) async throws -> ProfileListPostingsResponse {
        let client = try PostgresUUID(client: request.userID)
        guard (0...500).contains(request.pageSize) else {
            throw RPCError.field("pageSize", "out-of-range", "must be 1 to 500")
        }
        let page = try await ledger.postings(
            of: client,
            kind: try Self.kind(request.kind),
            from: request.cursor.isEmpty ? nil : PostingCursor(parsing: request.cursor),
            size: request.pageSize == 0 ? 100 : Int(request.pageSize),
            by: context.deadline
        )
        var response = ProfileListPostingsResponse()
        response.items = page.items
        response.nextCursor = page.next?.text ?? ""
        return response
    }
}

extension ProfileService {
    /// The kinds of entries; nil for all.
    /// - Throws: INVALID_ARGUMENT that names the field.
    fileprivate static func kind(_ text: String) throws(RPCError) -> String? {
        if text.isEmpty { return nil }
        guard ["deposit", "hold", "capture", "release", "credit", "reset"].contains(text) else {
            throw .field("kind", "invalid", "must be deposit, hold, capture, release, credit or reset")
        }
        return text
    }
}

extension ProfileHold {
    init(_ id: String, _ hold: CashHold) {
        self.init()
        holdID = id
        userID = hold.client.description
        amount = Cash.message(hold.amount.value, hold.amount.currency)
        captured = Cash.message(hold.captured, hold.amount.currency)
        state =
            switch hold.state {
            case .held: .held
            case .captured: .captured
            case .released: .released
            }
    }
}
