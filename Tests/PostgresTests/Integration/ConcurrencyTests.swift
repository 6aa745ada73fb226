import Glibc
import Postgres
import Reactor
import Testing

extension IntegrationTests {
    @Suite
    struct ConcurrencyTests {
        @Test(.timeLimit(.minutes(2)))
        func tenThousandQueriesOnEightConnections() async throws {
            try await withClient({ $0.applicationName = "ten thousand" }) { client, group in
                let sum = try await group.loops[0].run {
                    try await withThrowingTaskGroup(of: Int.self) { tasks in
                        for number in 0..<10_000 {
                            tasks.addTask {
                                try await client.query("SELECT \(number)", .within(.seconds(60)))[0].value(at: 0)
                            }
                        }
                        return try await tasks.reduce(0, +)
                    }
                }
                #expect(sum == 49_995_000)
                let sessions = try await client.query(
                    "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'ten thousand'"
                )
                let count = try sessions[0].value(at: 0, as: Int.self)
                #expect((2...8).contains(count))
            }
        }

        @Test(.timeLimit(.minutes(1)))
        func aFullQueueRefuses() async throws {
            try await withClient({
                $0.pool.maximumConnections = 1
                $0.pool.maximumInFlight = 1
                $0.pool.maximumWaiting = 2
            }) { client, _ in
                try await withThrowingTaskGroup(of: PostgresError.Code?.self) { tasks in
                    for _ in 0..<8 {
                        tasks.addTask { await failure { _ = try await client.query("SELECT pg_sleep(0.2)") }?.code }
                    }
                    var refused = 0
                    for try await code in tasks {
                        if code == .poolExhausted { refused += 1 } else { #expect(code == nil) }
                    }
                    #expect(refused >= 5)
                }
            }
        }

        @Test(.timeLimit(.minutes(1)))
        func aCancelledCallReturnsAtOnceAndItsConnectionGoesOn() async throws {
            try await withClient({ $0.pool.maximumConnections = 1 }) { client, group in
                let before = try await Self.process(client)
                for onLoop in [true, false] {
                    let task = Task { () -> PostgresError? in
                        await failure {
                            if onLoop {
                                _ = try await group.loops[0].run { try await client.query("SELECT pg_sleep(30)") }
                            } else {
                                _ = try await client.query("SELECT pg_sleep(30)")
                            }
                        }
                    }
                    try await Task.sleep(for: .milliseconds(100))
                    let start = MonotonicTime.now()
                    task.cancel()
                    #expect(await task.value?.code == .cancelled)
                    #expect(start.duration(to: .now()) < .seconds(1))
                    #expect(try await Self.process(client) == before, "the connection was replaced")
                }
            }
        }

        @Test(.timeLimit(.minutes(1)))
        func aDeadlineEndsTheCallAndTheStatement() async throws {
            try await withClient({ $0.pool.maximumConnections = 1 }) { client, _ in
                let before = try await Self.process(client)
                let start = MonotonicTime.now()
                let error = await failure {
                    _ = try await client.query("SELECT pg_sleep(30)", .within(.milliseconds(150)))
                }
                #expect(error?.code == .timeout)
                #expect(start.duration(to: .now()) < .seconds(1))
                #expect(try await Self.process(client, .within(.seconds(3))) == before)
                let past = await failure { _ = try await client.query("SELECT 1", .within(.seconds(-1))) }
                #expect(past?.code == .timeout)
            }
        }

        @Test(.timeLimit(.minutes(1)))
        func aCancelRequestHarmsNobodyBehind() async throws {
            try await withClient({ $0.pool.maximumConnections = 1 }) { client, _ in
                _ = try await client.query("SELECT 1")
                for round in 0..<10 {
                    try await withThrowingTaskGroup(of: Void.self) { tasks in
                        tasks.addTask {
                            let call = PostgresCall.within(.milliseconds(40))
                            #expect(
                                await failure { _ = try await client.query("SELECT pg_sleep(5)", call) }?.code
                                    == .timeout
                            )
                        }
                        for number in 0..<10 {
                            tasks.addTask {
                                let rows = try await client.query("SELECT \(number), pg_sleep(0.01)")
                                #expect(try rows[0].value(at: 0, as: Int.self) == number, "round \(round)")
                            }
                        }
                        try await tasks.waitForAll()
                    }
                }
            }
        }

        /// A cancel request that is late meets a transaction that came to the connection meanwhile.
        @Test(.timeLimit(.minutes(1)))
        func aCancelRequestHarmsNoTransaction() async throws {
            try await withClient({ $0.pool.maximumConnections = 1 }) { client, _ in
                _ = try await client.query("SELECT 1")
                for round in 0..<100 {
                    // It ends by itself at about the time at which it is given up.
                    async let given = failure {
                        _ = try await client.query("SELECT pg_sleep(0.02)", .within(.milliseconds(20)))
                    }
                    try await client.withTransaction { transaction in
                        for number in 0..<30 {
                            let rows = try await transaction.query("SELECT \(number), pg_sleep(0.0003)")
                            #expect(try rows[0].value(at: 0, as: Int.self) == number, "round \(round)")
                        }
                    }
                    _ = await given
                }
            }
        }

        @Test(.timeLimit(.minutes(1)))
        func theServersOwnTimeoutHolds() async throws {
            try await withClient({ $0.statementTimeout = .milliseconds(100) }) { client, _ in
                let error = await failure { _ = try await client.query("SELECT pg_sleep(5)") }
                #expect(error?.code == .server && error?.sqlState == "57014")
            }
        }

        @Test(.timeLimit(.minutes(1)))
        func aResultThatIsTooLargeIsRefused() async throws {
            try await withClient({
                $0.maximumResultBytes = 1 << 20
                $0.pool.maximumConnections = 1
            }) { client, _ in
                let error = await failure {
                    _ = try await client.query("SELECT repeat('x', 1000) FROM generate_series(1, 2000000)")
                }
                #expect(error?.code == .resultTooLarge)
                let rows = try await client.query("SELECT 1")
                #expect(try rows[0].value(at: 0, as: Int.self) == 1)
            }
        }

        @Test(.timeLimit(.minutes(1)))
        func aLargeResultStreamsInBoundedMemory() async throws {
            try await withClient { client, _ in
                let before = Self.residentBytes
                var peak = 0
                // 400 MB in all.
                let total = try await client.stream(
                    "SELECT g, repeat('x', 8000) FROM generate_series(1, 50000) g"
                ) { rows in
                    var count = 0
                    for try await row in rows {
                        count += 1
                        if count % 5_000 == 0 {
                            #expect(try row.value(at: 0, as: Int.self) == count)
                            peak = max(peak, Self.residentBytes)
                        }
                    }
                    return count
                }
                #expect(total == 50_000)
                #expect(peak - before < 48 << 20, "grew by \((peak - before) >> 20) MB")
            }
        }

        @Test(.timeLimit(.minutes(1)))
        func aStreamThatIsNotReadToItsEndIsCancelled() async throws {
            try await withClient({ $0.pool.maximumConnections = 1 }) { client, group in
                let before = try await Self.process(client)
                for _ in 0..<3 {
                    let first = try await group.loops[0].run {
                        try await client.stream("SELECT a FROM generate_series(1, 10000) a, generate_series(1, 10000)")
                        { rows in
                            try await rows.next()?.value(at: 0, as: Int.self)
                        }
                    }
                    #expect(first == 1)
                    #expect(try await Self.process(client, .within(.seconds(4))) == before)
                }
                let error = await failure {
                    try await client.stream("SELECT 1 / (3 - g) FROM generate_series(1, 5) g") { rows in
                        for try await _ in rows {}
                    }
                }
                #expect(error?.sqlState == "22012")
            }
        }

        static func process(_ client: PostgresClient, _ call: PostgresCall = .standard) async throws -> Int {
            try await client.query("SELECT pg_backend_pid()", call)[0].value(at: 0)
        }

        private static var residentBytes: Int {
            guard let file = fopen("/proc/self/statm", "r") else { return 0 }
            defer { fclose(file) }
            var (size, resident) = (0, 0)
            withUnsafeMutablePointer(to: &size) { size in
                withUnsafeMutablePointer(to: &resident) { resident in
                    _ = withVaList([size, resident]) { vfscanf(file, "%ld %ld", $0) }
                }
            }
            return resident * 4096
        }
    }
}
