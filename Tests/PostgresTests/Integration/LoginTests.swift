import Observe
import Postgres
import Reactor
import TestServers
import Testing

extension IntegrationTests {
    /// Passwords, over SCRAM-SHA-256 (RFC 7677).
    @Suite
    struct LoginTests {
        private func withServer(
            password: String?,
            _ change: (inout PostgresConfiguration) -> Void = { _ in },
            _ body: (PostgresClient, PostgresServer) async throws -> Void
        ) async throws {
            let server = try PostgresServer(
                listens: true,
                settings: ["log_connections=on"],
                hba: "local all all trust\nhost all all 127.0.0.1/32 scram-sha-256\n"
            )
            try await withClient(server: server) { client, _ in
                try await client.execute("SET password_encryption = 'scram-sha-256'")
                try await client.execute("CREATE ROLE alice LOGIN PASSWORD 'cor\u{e9}ct horse'")
            }
            try await withClient(
                server: server,
                {
                    $0.hosts = [server.host]
                    $0.tls = .disable
                    $0.user = "alice"
                    $0.password = password.map { Secret($0) }
                    change(&$0)
                }
            ) { client, _ in try await body(client, server) }
        }

        @Test(.timeLimit(.minutes(1)))
        func theRightPasswordLetsIn() async throws {
            try await withServer(password: "cor\u{e9}ct horse") { client, _ in
                let rows = try await client.query("SELECT current_user::text")
                #expect(try rows[0].value(at: 0, as: String.self) == "alice")
            }
        }

        /// Callers hear it at once, again and again, and the server is asked now and then.
        @Test(.timeLimit(.minutes(1)))
        func aWrongPasswordIsToldAtOnceAndNotTriedAtFullSpeed() async throws {
            try await withServer(
                password: "guess",
                {
                    $0.pool.minimumConnections = 4
                    $0.pool.maximumConnections = 8
                }
            ) { client, server in
                let refused = Counter()
                try await withThrowingTaskGroup(of: Void.self) { tasks in
                    for _ in 0..<100 {
                        tasks.addTask {
                            for _ in 0..<6 {
                                let error = await failure { _ = try await client.query("SELECT 1") }
                                #expect(error?.code == .connection && error?.sqlState == "28P01")
                                let text = error?.description ?? ""
                                #expect(text.contains("password authentication failed for user \"alice\""))
                                #expect(!text.contains("guess"))
                                refused.increment()
                                try await Task.sleep(for: .milliseconds(500))
                            }
                        }
                    }
                    try await tasks.waitForAll()
                }
                #expect(refused.value == 600)
                let attempts = server.log.split(separator: "\n").count {
                    $0.contains("password authentication failed")
                }
                // In three seconds: at once, after one, and after 1.6 more.
                #expect((2...4).contains(attempts), "the server was asked \(attempts) times")
            }
        }

        @Test(.timeLimit(.minutes(1)))
        func aMissingPasswordIsTold() async throws {
            try await withServer(password: nil) { client, _ in
                let start = MonotonicTime.now()
                let error = await failure { _ = try await client.query("SELECT 1") }
                #expect(error?.code == .connection)
                let text = error?.description ?? ""
                #expect(text.contains("the server asks for a password and none is configured"), "\(text)")
                #expect(start.duration(to: .now()) < .seconds(3))
            }
        }

        /// A password that is set right on the server lets the pool in without a restart.
        @Test(.timeLimit(.minutes(1)))
        func thePoolRecoversWhenTheServerChangesItsMind() async throws {
            try await withServer(password: "guess") { client, server in
                #expect(await failure { _ = try await client.query("SELECT 1") }?.sqlState == "28P01")
                try await withClient(server: server) { admin, _ in
                    _ = try await admin.execute("ALTER ROLE alice PASSWORD 'guess'")
                }
                let limit = MonotonicTime.now().advanced(by: .seconds(10))
                var isIn = false
                while !isIn, MonotonicTime.now() < limit {
                    isIn = await failure { _ = try await client.query("SELECT 1") } == nil
                    if !isIn { try await Task.sleep(for: .milliseconds(50)) }
                }
                #expect(isIn)
            }
        }
    }
}
