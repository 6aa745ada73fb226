internal import Load
internal import Postgres

/// One row by its key, of pgbench's own table: the statement of `pgbench -S`. Several of them in one piece, if asked for.
struct PostgresSelect: Workload {
    let client: PostgresClient
    let connections: Int
    let accounts: Int
    /// How many one caller sends at once.
    let batch: Int

    var requestsPerStep: Int { batch }

    func prepare() async throws { try await client.open(connections) }

    func step(_ dice: inout Dice) async throws {
        if batch > 1 { return try await pipelined(&dice) }
        let account = Int32.random(in: 1...Int32(accounts), using: &dice)
        let rows = try await client.query("SELECT abalance FROM pgbench_accounts WHERE aid = \(account)")
        guard let row = rows.first else { throw Failure("there is no account \(account)") }
        _ = try row.decode(Int32.self)
    }

    private func pipelined(_ dice: inout Dice) async throws {
        var queries: [PostgresQuery] = []
        queries.reserveCapacity(batch)
        for _ in 0..<batch {
            let account = Int32.random(in: 1...Int32(accounts), using: &dice)
            queries.append("SELECT abalance FROM pgbench_accounts WHERE aid = \(account)")
        }
        for rows in try await client.batch(queries) {
            guard let row = rows.first else { throw Failure("there is no such account") }
            _ = try row.decode(Int32.self)
        }
    }

    func close() { client.close() }
}
