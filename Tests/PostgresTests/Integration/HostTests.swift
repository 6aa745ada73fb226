import Glibc
import Postgres
import Reactor
import TestServers
import Testing

extension IntegrationTests {
    /// Several hosts, of which not all will do.
    @Suite
    struct HostTests {
        private func withHosts(
            _ hosts: [PostgresConfiguration.Host],
            _ target: PostgresConfiguration.Target,
            server: PostgresServer,
            timeout: Duration = .seconds(5),
            _ body: (PostgresClient) async throws -> Void
        ) async throws {
            try await withClient(
                server: server,
                {
                    $0.hosts = hosts
                    $0.target = target
                    $0.tls = .disable
                    $0.connectTimeout = timeout
                }
            ) { client, _ in try await body(client) }
        }

        private static func port(_ client: PostgresClient, _ call: PostgresCall = .standard) async throws -> Int {
            try await client.query("SELECT current_setting('port')::int8", call)[0].value(at: 0)
        }

        @Test(.timeLimit(.minutes(1)))
        func theTargetDecidesAndAFailOverIsFollowed() async throws {
            let primary = try PostgresServer(listens: true)
            let standby = try PostgresServer(listens: true, standbyOf: primary)
            let hosts = [standby.host, primary.host]
            let expected: [(PostgresConfiguration.Target, PostgresServer)] = [
                (.any, standby), (.readWrite, primary), (.primary, primary), (.standby, standby), (.readOnly, standby),
                (.preferStandby, standby),
            ]
            for (target, server) in expected {
                try await withHosts(hosts, target, server: primary) { client in
                    let port = try await Self.port(client)
                    #expect(port == Int(server.port), "\(target)")
                }
            }
            try await withHosts([primary.host], .preferStandby, server: primary) { client in
                let port = try await Self.port(client)
                #expect(port == Int(primary.port), "no standby is there")
            }
            try await withHosts([standby.host], .readWrite, server: primary) { client in
                let error = await failure { _ = try await client.query("SELECT 1", .within(.seconds(3))) }
                #expect(error?.description.contains("session is read-only") == true, "\(error?.description ?? "")")
            }
            try await withHosts(hosts, .primary, server: primary) { client in
                try await client.execute("CREATE TABLE events (id int8)")
                primary.kill(SIGKILL)
                #expect(await failure { _ = try await client.query("SELECT 1", .within(.seconds(2))) } != nil)
                try standby.promote()
                let limit = MonotonicTime.now().advanced(by: .seconds(15))
                var isWritten = false
                while !isWritten, MonotonicTime.now() < limit {
                    isWritten =
                        await failure {
                            try await client.execute("INSERT INTO events VALUES (1)", .within(.seconds(2)))
                        }
                        == nil
                    if !isWritten { try await Task.sleep(for: .milliseconds(50)) }
                }
                #expect(isWritten)
                let port = try await Self.port(client)
                #expect(port == Int(standby.port))
            }
        }

        @Test(.timeLimit(.minutes(1)))
        func aSilentHostLeavesTimeForTheOthers() async throws {
            let silent = try LoopbackSocket()
            let server = try PostgresServer(listens: true)
            let hosts = [PostgresConfiguration.Host("127.0.0.1", port: silent.port), server.host]
            try await withHosts(hosts, .any, server: server, timeout: .seconds(2)) { client in
                let start = MonotonicTime.now()
                let port = try await Self.port(client, .within(.seconds(4)))
                #expect(port == Int(server.port))
                let first = start.duration(to: .now())
                #expect(first > .milliseconds(900) && first < .milliseconds(1900), "took \(first)")
                // Now it is known, and comes last.
                try await client.execute("SELECT 1")
                _ = await failure { try await client.execute("SELECT pg_terminate_backend(pg_backend_pid())") }
                let again = MonotonicTime.now()
                let next = try await Self.port(client, .within(.seconds(4)))
                #expect(next == Int(server.port))
                #expect(again.duration(to: .now()) < .milliseconds(700))
            }
        }

        @Test(.timeLimit(.minutes(1)))
        func onlySilentHostsAreNamedInTheError() async throws {
            let silent = try LoopbackSocket()
            let hosts = [PostgresConfiguration.Host("127.0.0.1", port: silent.port)]
            let server = try PostgresServer.shared.get()
            try await withClient(
                server: server,
                {
                    $0.hosts = hosts
                    $0.tls = .disable
                    $0.connectTimeout = .milliseconds(300)
                    $0.pool.attemptsBeforeFailing = 1
                }
            ) { client, _ in
                let start = MonotonicTime.now()
                let error = await failure { _ = try await client.query("SELECT 1", .within(.seconds(5))) }
                #expect(error?.code == .connection)
                #expect(error?.description.contains("port \(silent.port) did not answer in time") == true)
                #expect(start.duration(to: .now()) < .seconds(2))
            }
        }
    }
}
