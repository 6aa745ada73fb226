import Postgres
import Reactor
import Testing

extension IntegrationTests {
    /// SELECTs of one turn share a transaction, and nobody sees it.
    @Suite
    struct SharedReadTests {
        /// Which transaction each of some selects of one turn ran in; those of a second round, when they are prepared.
        private func transactions(sharedReads: Int, count: Int) async throws -> [Int] {
            try await withClient({
                $0.pool.maximumConnections = 1
                $0.sharedReads = sharedReads
            }) { client, group in
                try await group.loops[0].run {
                    let one = { @Sendable in
                        try await client.query("SELECT txid_current()")[0].value(at: 0, as: Int.self)
                    }
                    _ = try await one()
                    return try await withThrowingTaskGroup(of: Int.self) { tasks in
                        for _ in 0..<count { tasks.addTask { try await one() } }
                        return try await tasks.reduce(into: []) { $0.append($1) }
                    }
                }
            }
        }

        @Test(.timeLimit(.minutes(1)))
        func shareATransactionUpToTheLimit() async throws {
            // A turn that is long is cut, and a transaction ends with it.
            #expect((4...8).contains(Set(try await transactions(sharedReads: 4, count: 16)).count))
            #expect(Set(try await transactions(sharedReads: 1, count: 16)).count == 16)
        }

        @Test(.timeLimit(.minutes(1)))
        func oneThatFailsHarmsNoOther() async throws {
            try await withClient({ $0.pool.maximumConnections = 1 }) { client, group in
                let answers = try await group.loops[0].run {
                    let one = { @Sendable (divisor: Int) in try await client.query("SELECT 100 / \(divisor)") }
                    _ = try await one(1)
                    return await withTaskGroup(of: (Int, Int?, String?).self) { tasks in
                        for divisor in -10...10 {
                            tasks.addTask {
                                do {
                                    return (divisor, try await one(divisor)[0].value(at: 0, as: Int.self), nil)
                                } catch {
                                    return (divisor, nil, (error as? PostgresError)?.sqlState)
                                }
                            }
                        }
                        return await tasks.reduce(into: []) { $0.append($1) }
                    }
                }
                #expect(answers.count == 21)
                for (divisor, quotient, state) in answers {
                    #expect(quotient == (divisor == 0 ? nil : 100 / divisor))
                    #expect(state == (divisor == 0 ? "22012" : nil))
                }
            }
        }

        /// A function that writes is undone with the others when one of them fails, so it must be executed again.
        @Test(.timeLimit(.minutes(1)))
        func aFunctionThatWritesBesideOneThatFailsHappensOnce() async throws {
            try await withClient({ $0.pool.maximumConnections = 1 }) { client, group in
                try await client.execute("CREATE TABLE shared_writes (n bigint)")
                try await client.execute(
                    """
                    CREATE FUNCTION shared_write(n bigint) RETURNS bigint LANGUAGE sql
                    AS 'INSERT INTO shared_writes VALUES (n) RETURNING 1 / n'
                    """
                )
                try await group.loops[0].run {
                    _ = try await client.query("SELECT shared_write(\(100))")
                    await withTaskGroup { tasks in
                        for number in -5...5 {
                            tasks.addTask { _ = try? await client.query("SELECT shared_write(\(number))") }
                        }
                    }
                }
                let numbers = try await client.query("SELECT n FROM shared_writes ORDER BY n").decode(Int.self)
                #expect(numbers == [-5, -4, -3, -2, -1, 1, 2, 3, 4, 5, 100])
            }
        }
    }
}
