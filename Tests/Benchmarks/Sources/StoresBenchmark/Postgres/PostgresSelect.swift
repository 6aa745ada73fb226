internal import Postgres

/// One row by its key, of pgbench's own table: the statement of `pgbench -S`.
struct PostgresSelect: Workload {
    let client: PostgresClient
    let connections: Int
    let accounts: Int

    var requestsPerStep: Int { 1 }

    func prepare() async throws { try await client.open(connections) }

    func step(_ dice: inout Dice) async throws {
        let account = Int32.random(in: 1...Int32(accounts), using: &dice)
        let rows = try await client.query("SELECT abalance FROM pgbench_accounts WHERE aid = \(account)")
        guard let row = rows.first else { throw Failure("there is no account \(account)") }
        _ = try row.decode(Int32.self)
    }

    func close() { client.close() }
}
