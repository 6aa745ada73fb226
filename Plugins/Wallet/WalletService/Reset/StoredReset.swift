import Postgres

/// A reset of an account, as far as it came.
///
///     closing  open orders are cancelled; none can be placed
///     funding  nothing is open, held or owed; profile brings the cash to the start
///     done     the shares are booked away, and the next account has begun
struct StoredReset: Sendable {
    enum State: String, Sendable, PostgresDecodable { case closing, funding, done }

    let id: PostgresUUID
    let client: String
    /// The number of the account that it ends.
    let account: Int
    let state: State

    static let columns = "id, client, account, state"

    /// Reads `columns`.
    init(_ row: PostgresRow) throws {
        id = try row.value(at: 0)
        client = try row.value(at: 1)
        account = Int(try row.value(at: 2, as: Int32.self))
        state = try row.value(at: 3)
    }
}
