internal import Postgres

extension PostgresClient {
    /// Opens all the connections that the pool may have, and makes sure of their number: left to itself the pool opens
    /// no more than it needs, and puts two statements on one instead.
    func open(_ connections: Int) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<connections {
                group.addTask {
                    _ = try await self.withTransaction { try await $0.execute("SELECT pg_sleep(0.1)") }
                }
            }
            try await group.waitForAll()
        }
        let rows = try await query("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'lonja'")
        let count = try rows[0].value(at: 0, as: Int.self)
        guard count == connections else { throw Failure("\(count) connections are open instead of \(connections)") }
    }
}
