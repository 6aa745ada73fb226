import Contracts
import Money
import Postgres
import RPC
import Reactor

extension Ledger {
    /// Brings the cash at hand to what a client begins with. Other currencies stay as they are.
    /// - Throws: NOT_FOUND for who has no balance; FAILED_PRECONDITION ("cash-held") while some is held; ALREADY_EXISTS
    ///   for an id that reset somebody else's.
    func reset(_ id: String, of client: PostgresUUID, by deadline: MonotonicTime?) async throws -> ProfileBalance {
        let start = CashAmount(self.start)
        let currency = start.currency
        let row = try await database.withTransaction(PostgresCall(deadline: deadline)) { transaction in
            let found = try await transaction.query(
                """
                SELECT available, held FROM balances
                WHERE client = \(client) AND currency = \(currency.code) FOR UPDATE
                """
            )
            guard let row = found.first else { throw RPCError.unknownClient }
            let prior = try await transaction.query("SELECT client FROM cash_resets WHERE entry_id = \(id)")
            if let prior = prior.first {
                guard try prior.value(at: 0, as: PostgresUUID.self) == client else { throw Self.otherContent }
                return row
            }
            guard try row.value(at: 1, as: ExactDecimal.self).isZero else {
                throw RPCError(.failedPrecondition, "some cash is held for orders", reason: "cash-held")
            }
            let missing = try start.value - row.value(at: 0)
            var queries: [PostgresQuery] = ["INSERT INTO cash_resets (entry_id, client) VALUES (\(id), \(client))"]
            if !missing.isZero {
                let (source, target) = missing.isNegative ? ("available", "funding") : ("funding", "available")
                queries.append(
                    """
                    INSERT INTO transfers (kind, entry_id, client, currency, amount, source, target)
                    VALUES ('reset', \(id), \(client), \(currency.code), \(missing.magnitude), \(source), \(target))
                    """
                )
            }
            queries.append(
                """
                UPDATE balances SET available = \(start.value)
                WHERE client = \(client) AND currency = \(currency.code) RETURNING available, held
                """
            )
            guard let row = try await transaction.batch(queries).last?.first else { throw RPCError.unknownClient }
            return row
        }
        return ProfileBalance(try Self.balance(row, currency))
    }
}
