import Glibc
import Money
import Postgres
import Reactor
import Testing

extension IntegrationTests {
    @Suite
    struct CopyTests {
        private struct Stopped: Error {}

        @Test(.timeLimit(.minutes(1)))
        func aHundredThousandRows() async throws {
            try await withClient({ $0.pool.maximumConnections = 1 }) { client, group in
                try await client.execute("DROP TABLE IF EXISTS bulk")
                try await client.execute("CREATE TABLE bulk (id int8, name text, price numeric, note text)")
                for onLoop in [true, false] {
                    @Sendable
                    func load() async throws -> Int {
                        try await client.copy(into: "bulk", columns: ["id", "name", "price", "note"]) { writer in
                            for id in 0..<100_000 {
                                let price = try ExactDecimal(coefficient: Int128(id), scale: 2)
                                try await writer.write(id, "row \(id)", price, id % 2 == 0 ? "even" : String?.none)
                            }
                        }
                    }
                    let count = onLoop ? try await group.loops[0].run { try await load() } : try await load()
                    #expect(count == 100_000)
                }
                let rows = try await client.query("SELECT count(*), sum(price), count(note), max(name) FROM bulk")
                let (count, sum, notes, name) = try rows[0].decode(Int.self, ExactDecimal.self, Int.self, String.self)
                #expect(count == 200_000 && sum == "99999000.00" && notes == 100_000 && name == "row 99999")
                await #expect(throws: Stopped.self) {
                    try await client.copy(into: "bulk", columns: ["id"]) { writer in
                        for id in 0..<20_000 { try await writer.write(id) }
                        throw Stopped()
                    }
                }
                let missing = await failure { try await client.copy(into: "no such", columns: ["id"]) { _ in } }
                #expect(missing?.sqlState == "42P01")
                let wrong = await failure {
                    try await client.copy(into: "bulk", columns: ["id"]) { try await $0.write("x") }
                }
                #expect(wrong?.code == .server)
                let after = try await client.query("SELECT count(*) FROM bulk")
                #expect(try after[0].value(at: 0, as: Int.self) == 200_000)
                try await client.withTransaction { transaction in
                    try await transaction.execute("DELETE FROM bulk")
                    try await transaction.copy(into: "bulk", schema: "public", columns: ["id"]) {
                        try await $0.write(7)
                    }
                }
                #expect(try await client.query("SELECT id FROM bulk").decode(Int.self) == [7])
                try await client.execute("DROP TABLE bulk")
            }
        }

        @Test(.timeLimit(.minutes(1)))
        func aDeadlineStopsIt() async throws {
            try await withClient({ $0.pool.maximumConnections = 1 }) { client, group in
                try await client.execute("DROP TABLE IF EXISTS slow")
                try await client.execute("CREATE TABLE slow (id int8)")
                let error = await failure {
                    _ = try await group.loops[0].run {
                        try await client.copy(into: "slow", columns: ["id"], .within(.milliseconds(200))) { writer in
                            while true {
                                try await writer.write(1)
                                try await Task.sleep(for: .milliseconds(1))
                                for _ in 0..<2_000 { try await writer.write(1) }
                            }
                        }
                    }
                }
                #expect(error?.code == .timeout)
                #expect(try await client.query("SELECT count(*) FROM slow")[0].value(at: 0, as: Int.self) == 0)
                try await client.execute("DROP TABLE slow")
            }
        }
    }

    @Suite
    struct ListenTests {
        @Test(.timeLimit(.minutes(1)))
        func messagesComeAndALostConnectionIsTold() async throws {
            try await withClient { client, _ in
                try await client.listen("Orders \"x\"") { notifications in
                    for number in 0..<100 {
                        try await client.execute("SELECT pg_notify('Orders \"x\"', \(String(number)))")
                    }
                    for number in 0..<100 {
                        guard case .notification(let message) = try await notifications.next() else {
                            Issue.record("interrupted though nothing happened")
                            return
                        }
                        #expect(message.payload == "\(number)" && message.channel == "Orders \"x\"")
                    }
                    try await client.execute(
                        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%'"
                    )
                    #expect(try await notifications.next() == .interrupted)
                    try await client.execute("SELECT pg_notify('Orders \"x\"', 'again')")
                    guard case .notification(let message) = try await notifications.next() else {
                        Issue.record("nothing came after the connection was made again")
                        return
                    }
                    #expect(message.payload == "again")
                }
                let task = Task {
                    await failure { try await client.listen("quiet") { _ = try await $0.next() } }
                }
                try await Task.sleep(for: .milliseconds(100))
                task.cancel()
                #expect(await task.value?.code == .cancelled)
            }
        }
    }
}
