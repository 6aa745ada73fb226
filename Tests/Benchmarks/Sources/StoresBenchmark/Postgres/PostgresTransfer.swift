internal import Postgres

/// pgbench's transaction "TPC-B (sort of)", statement by statement, as a service would write it.
struct PostgresTransfer: Workload {
    let client: PostgresClient
    let connections: Int
    let scale: Int

    var requestsPerStep: Int { 1 }

    func prepare() async throws { try await client.open(connections) }

    func step(_ dice: inout Dice) async throws {
        let account = Int32.random(in: 1...Int32(100_000 * scale), using: &dice)
        let branch = Int32.random(in: 1...Int32(scale), using: &dice)
        let teller = Int32.random(in: 1...Int32(10 * scale), using: &dice)
        let delta = Int32.random(in: -5000...5000, using: &dice)
        _ = try await client.withTransaction { transaction in
            try await transaction.execute(
                "UPDATE pgbench_accounts SET abalance = abalance + \(delta) WHERE aid = \(account)"
            )
            let rows = try await transaction.query("SELECT abalance FROM pgbench_accounts WHERE aid = \(account)")
            guard let row = rows.first else { throw Failure("there is no account \(account)") }
            let balance = try row.decode(Int32.self)
            try await transaction.execute(
                "UPDATE pgbench_tellers SET tbalance = tbalance + \(delta) WHERE tid = \(teller)"
            )
            try await transaction.execute(
                "UPDATE pgbench_branches SET bbalance = bbalance + \(delta) WHERE bid = \(branch)"
            )
            try await transaction.execute(
                """
                INSERT INTO pgbench_history (tid, bid, aid, delta, mtime)
                VALUES (\(teller), \(branch), \(account), \(delta), CURRENT_TIMESTAMP)
                """
            )
            return balance
        }
    }

    func close() { client.close() }
}
