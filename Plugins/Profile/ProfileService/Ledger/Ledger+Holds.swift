import Contracts
import Money
import Postgres
import RPC
import Reactor

/// A hold and what became of it, with its client's balance. A class: see `CashAmount`.
final class CashHold: Sendable {
    enum State: String, Sendable { case held, captured, released }

    let client: PostgresUUID
    let amount: Amount
    let state: State
    let captured: ExactDecimal
    let balance: CashBalance

    /// Reads available, held, client, currency, amount, state and captured.
    init(_ row: PostgresRow) throws {
        let currency: Currency = try row.value(at: 3)
        guard let state = State(rawValue: try row.value(at: 5)) else {
            throw RPCError(.internalError, "a hold of no state")
        }
        self.state = state
        client = try row.value(at: 2)
        amount = Amount(try row.value(at: 4), currency)
        captured = try row.value(at: 6)
        balance = try Ledger.balance(row, currency)
    }

    /// Whether it was made by this call.
    func isOf(_ client: PostgresUUID, _ amount: CashAmount) -> Bool {
        self.client == client && self.amount == amount.amount
    }

    /// What a capture of `amount` is told that found it as it is.
    func answer(toCapture amount: CashAmount) throws(RPCError) -> ProfileBalance {
        switch state {
        case .captured where self.amount.currency == amount.currency && captured == amount.value:
            return ProfileBalance(balance)
        case .captured: throw Ledger.otherContent
        case .released: throw RPCError(.failedPrecondition, "the hold was released", reason: "hold-released")
        case .held where self.amount.currency != amount.currency:
            throw RPCError.field("amount", "invalid", "must be of the hold's currency")
        case .held where self.amount.value < amount.value:
            throw RPCError(.failedPrecondition, "the hold is smaller than that", reason: "hold-too-small")
        case .held: throw RPCError(.aborted, "another change came first; try again")
        }
    }
}

extension Ledger {
    /// Keeps cash for an order.
    /// - Throws: FAILED_PRECONDITION ("insufficient-funds"); ALREADY_EXISTS for an id that held something else.
    func hold(
        _ id: String,
        of client: PostgresUUID,
        _ amount: CashAmount,
        by deadline: MonotonicTime?
    ) async throws -> ProfileBalance {
        let rows = try await repeating(Self.holding(id, client, amount), by: deadline)
        if let row = rows.first {
            guard try row.value(at: 2, as: Bool.self) else { throw Self.otherContent }
            return ProfileBalance(try Self.balance(row, amount.currency))
        }
        // Too little; but perhaps because the same hold took it while this statement waited for the balance.
        do {
            let found = try await self.hold(id, by: deadline)
            guard found.isOf(client, amount) else { throw Self.otherContent }
            return ProfileBalance(found.balance)
        } catch let error as RPCError where error.code == .notFound {
            throw RPCError(.failedPrecondition, "there is too little cash", reason: "insufficient-funds")
        }
    }

    private static func holding(_ id: String, _ client: PostgresUUID, _ amount: CashAmount) -> PostgresQuery {
        let (value, currency) = (amount.value, amount.currency.code)
        return """
            WITH prior AS (
                SELECT client, currency, amount FROM holds WHERE hold_id = \(id)
            ), moved AS (
                UPDATE balances SET available = available - \(value), held = held + \(value)
                WHERE client = \(client) AND currency = \(currency) AND available >= \(value)
                    AND NOT EXISTS (SELECT FROM prior)
                RETURNING available, held
            ), kept AS (
                INSERT INTO holds (hold_id, client, currency, amount)
                SELECT \(id), \(client), \(currency), \(value) FROM moved
            ), booked AS (
                INSERT INTO transfers (kind, entry_id, client, currency, amount, source, target)
                SELECT 'hold', \(id), \(client), \(currency), \(value), 'available', 'held' FROM moved
            )
            SELECT available, held, true FROM moved
            UNION ALL
            SELECT b.available, b.held,
                p.client = \(client) AND p.currency = \(currency) AND p.amount = \(value)
            FROM prior p JOIN balances b ON b.client = p.client AND b.currency = p.currency
            """
    }

    /// Takes a part of a hold, and releases the rest.
    /// - Throws: NOT_FOUND; ALREADY_EXISTS if something else was taken; FAILED_PRECONDITION ("hold-released",
    ///   "hold-too-small").
    func capture(_ id: String, _ amount: CashAmount, by deadline: MonotonicTime?) async throws -> ProfileBalance {
        let rows = try await repeating(Self.capturing(id, amount), by: deadline)
        if let row = rows.first { return ProfileBalance(try Self.balance(row, amount.currency)) }
        return try await hold(id, by: deadline).answer(toCapture: amount)
    }

    private static func capturing(_ id: String, _ amount: CashAmount) -> PostgresQuery {
        let (value, currency) = (amount.value, amount.currency.code)
        return """
            WITH ended AS (
                UPDATE holds SET state = 'captured', captured = \(value), ended_at = now()
                WHERE hold_id = \(id) AND state = 'held' AND currency = \(currency) AND amount >= \(value)
                RETURNING client, currency, amount
            ), moved AS (
                UPDATE balances b SET held = held - e.amount, available = available + (e.amount - \(value))
                FROM ended e WHERE b.client = e.client AND b.currency = e.currency
                RETURNING b.available, b.held, e.client, e.currency, e.amount
            ), booked AS (
                INSERT INTO transfers (kind, entry_id, client, currency, amount, source, target)
                SELECT 'capture', \(id), client, currency, \(value), 'held', 'market' FROM moved
                UNION ALL
                SELECT 'release', \(id), client, currency, amount - \(value), 'held', 'available' FROM moved
                WHERE amount > \(value)
            )
            SELECT available, held FROM moved
            """
    }

    /// Gives a hold back.
    /// - Throws: NOT_FOUND; FAILED_PRECONDITION ("hold-captured").
    func release(_ id: String, by deadline: MonotonicTime?) async throws -> ProfileBalance {
        let rows = try await repeating(
            """
            WITH ended AS (
                UPDATE holds SET state = 'released', ended_at = now()
                WHERE hold_id = \(id) AND state = 'held'
                RETURNING client, currency, amount
            ), moved AS (
                UPDATE balances b SET held = held - e.amount, available = available + e.amount
                FROM ended e WHERE b.client = e.client AND b.currency = e.currency
                RETURNING b.available, b.held, e.client, e.currency, e.amount
            ), booked AS (
                INSERT INTO transfers (kind, entry_id, client, currency, amount, source, target)
                SELECT 'release', \(id), client, currency, amount, 'held', 'available' FROM moved
            )
            SELECT available, held, currency FROM moved
            """,
            by: deadline
        )
        if let row = rows.first { return ProfileBalance(try Self.balance(row, row.value(at: 2))) }
        let found = try await hold(id, by: deadline)
        switch found.state {
        case .released: return ProfileBalance(found.balance)
        case .captured: throw RPCError(.failedPrecondition, "the hold was captured", reason: "hold-captured")
        case .held: throw RPCError(.aborted, "another change came first; try again")
        }
    }

    /// A hold, and its client's balance.
    /// - Throws: NOT_FOUND ("unknown-hold").
    func hold(_ id: String, by deadline: MonotonicTime?) async throws -> CashHold {
        let rows = try await database.query(
            """
            SELECT b.available, b.held, h.client, h.currency, h.amount, h.state, h.captured
            FROM holds h JOIN balances b ON b.client = h.client AND b.currency = h.currency
            WHERE h.hold_id = \(id)
            """,
            PostgresCall(deadline: deadline)
        )
        guard let row = rows.first else {
            throw RPCError(.notFound, "there is no such hold", reason: "unknown-hold")
        }
        return try CashHold(row)
    }

    static var otherContent: RPCError {
        RPCError(.alreadyExists, "something else was done under this id", reason: "id-reused")
    }
}
