internal import Load
internal import Postgres

/// pgbench's transaction "TPC-B (sort of)", statement by statement as pgbench itself sends it, or those that need nothing
/// of each other in one piece, as a service would write it.
struct PostgresTransfer: Workload {
    let client: PostgresClient
    let connections: Int
    let scale: Int
    let sending: Sending

    /// In how many round trips.
    enum Sending: Int {
        /// Seven less one: BEGIN goes with the first.
        case statementByStatement = 1
        /// Two: COMMIT comes when the answers are known.
        case batchInTransaction = 2
        /// One: the batch is the transaction.
        case batch = 3
    }

    var requestsPerStep: Int { 1 }

    func prepare() async throws { try await client.open(connections) }

    func step(_ dice: inout Dice) async throws {
        let account = Int32.random(in: 1...Int32(100_000 * scale), using: &dice)
        let branch = Int32.random(in: 1...Int32(scale), using: &dice)
        let teller = Int32.random(in: 1...Int32(10 * scale), using: &dice)
        let delta = Int32.random(in: -5000...5000, using: &dice)
        let statements: [PostgresQuery] = [
            "UPDATE pgbench_accounts SET abalance = abalance + \(delta) WHERE aid = \(account)",
            "SELECT abalance FROM pgbench_accounts WHERE aid = \(account)",
            "UPDATE pgbench_tellers SET tbalance = tbalance + \(delta) WHERE tid = \(teller)",
            "UPDATE pgbench_branches SET bbalance = bbalance + \(delta) WHERE bid = \(branch)",
            """
            INSERT INTO pgbench_history (tid, bid, aid, delta, mtime)
            VALUES (\(teller), \(branch), \(account), \(delta), CURRENT_TIMESTAMP)
            """,
        ]
        let answers = try await send(statements)
        guard answers.count == 5, let row = answers[1].first else { throw Failure("there is no account \(account)") }
        _ = try row.decode(Int32.self)
    }

    private func send(_ statements: [PostgresQuery]) async throws -> [PostgresRows] {
        if sending == .batch { return try await client.batch(statements) }
        return try await client.withTransaction { transaction in
            if sending == .batchInTransaction { return try await transaction.batch(statements) }
            var answers: [PostgresRows] = []
            for statement in statements { answers.append(try await transaction.query(statement)) }
            return answers
        }
    }

    func close() { client.close() }
}
