import Glibc
import HTTP
import Reactor
import Synchronization
import TestServers
import Testing

@testable import Fetch

extension Heavy {
    /// No step of a loop computes for more than a millisecond (optimised), whatever the client does: see
    /// `StepLimit`.
    /// `sh Tests/Benchmarks/run blocked` prints the longest of each.
    @Suite(.serialized, .timeLimit(.minutes(3))) struct BlockedTests {
        /// Runs a client on one loop that is watched.
        private func watch(
            _ name: String,
            _ change: (inout FetchClientConfiguration) -> Void = { _ in },
            _ body: (FetchClient, EventLoop) async throws -> Void
        ) async throws {
            var held: [String] = []
            for _ in 0..<StepLimit.attempts {
                let steps = LongestSteps()
                let group = try EventLoopGroup(count: 1, observer: steps)
                var configuration = FetchClientConfiguration()
                configuration.certificateAuthorities = try Certificates.shared().authority
                configuration.retry = .never
                change(&configuration)
                let client = FetchClient(group: group, configuration: configuration)
                let result: Result<Void, any Error>
                do { result = .success(try await body(client, group.loops[0])) } catch { result = .failure(error) }
                client.close()
                #expect(try await client.transferCounts() == [0])
                group.shutdown()
                held = steps.report("fetch", name)
                try result.get()
                if held.isEmpty { break }
            }
            #expect(held.isEmpty, "\(name): a loop was held")
        }

        /// A server of ours on a loop of its own, which is not watched.
        private func withServer(_ body: (String) async throws -> Void) async throws {
            let group = try EventLoopGroup(count: 1)
            var configuration = HTTPServerConfiguration.mesh
            configuration.maximumConnectionsPerAddress = 10_000
            let server = HTTPServer(
                group: group,
                address: try #require(SocketAddress(parsing: "127.0.0.1:0")),
                configuration: configuration,
                handler: FetchClientTests.answer
            )
            let bound = try await server.start()
            let result: Result<Void, any Error>
            do { result = .success(try await body("http://\(bound)")) } catch { result = .failure(error) }
            await server.drain(deadline: .zero)
            group.shutdown()
            try result.get()
        }

        private func secure(_ name: Certificates.Kind = .good) throws -> (ServerProcess, String) {
            let server = try ServerProcess.python(
                "FetchTests/Servers/https_server.py",
                Certificates.shared().files(name)
            )
            return (server, "https://localhost:\(try server.port())")
        }

        @Test(arguments: [FetchClientConfiguration.Versions.http1, .http2PriorKnowledge])
        func manyRequests(_ versions: FetchClientConfiguration.Versions) async throws {
            try await withServer { base in
                try await watch("3000 requests, 1000 at once, \(versions)", { $0.versions = versions }) {
                    client,
                    loop in
                    for _ in 0..<3 {
                        try await loop.run { () async throws -> Void in
                            await crowd(of: 1000) { index in
                                let error = await client.failure("\(base)/size?\(index)")
                                #expect(error == nil)
                            }
                        }
                    }
                }
            }
        }

        @Test(arguments: [FetchClientConfiguration.Versions.http1, .http2PriorKnowledge])
        func largeContents(_ versions: FetchClientConfiguration.Versions) async throws {
            try await withServer { base in
                try await watch("10 MB down, \(versions)", { $0.versions = versions }) { client, loop in
                    try await loop.run { () async throws -> Void in
                        try await withThrowingTaskGroup(of: Void.self) { tasks in
                            for _ in 0..<8 {
                                tasks.addTask {
                                    let count = try await client.withResponse(to: request("\(base)/stream?160")) {
                                        var count = 0
                                        for try await chunk in $0.body { count += chunk.count }
                                        return count
                                    }
                                    #expect(count == 10 << 20)
                                }
                            }
                            try await tasks.waitForAll()
                        }
                    }
                }
                try await watch("10 MB collected, \(versions)", { $0.versions = versions }) { client, loop in
                    for _ in 0..<3 {
                        // What a caller has collected is the caller's to free, which takes 0.1 ms a megabyte: not here.
                        let body = try await loop.run {
                            try await client.get("\(base)/size?\(10 << 20)", limit: 16 << 20).body
                        }
                        #expect(body.count == 10 << 20)
                    }
                }
                let bytes = [UInt8](repeating: 1, count: 10 << 20)
                try await watch("10 MB up, \(versions)", { $0.versions = versions }) { client, loop in
                    for _ in 0..<3 {
                        let sent = try request("\(base)/echo", .post, body: .bytes(bytes))
                        let body = try await loop.run { try await client.fetch(sent, limit: 16 << 20).body }
                        #expect(body.count == bytes.count)
                    }
                    let body = try await loop.run {
                        let sent = try request(
                            "\(base)/echo",
                            .post,
                            body: .stream(length: nil) { writer in
                                for _ in 0..<160 { try await writer.write([UInt8](repeating: 1, count: 64 << 10)) }
                            }
                        )
                        return try await client.fetch(sent, limit: 16 << 20).body
                    }
                    #expect(body.count == 10 << 20)
                }
            }
        }

        @Test func secureContents() async throws {
            let (server, base) = try secure()
            try await watch("10 MB down and up, TLS") { client, loop in
                let bytes = [UInt8](repeating: 1, count: 10 << 20)
                for _ in 0..<3 {
                    let body = try await loop.run { try await client.get("\(base)/large", limit: 16 << 20).body }
                    #expect(body.count == 10 << 20)
                    let sent = try request("\(base)/sent", .post, body: .bytes(bytes))
                    #expect(try await loop.run { try await client.fetch(sent).status } == 200)
                }
            }
            withExtendedLifetime(server) {}
        }

        @Test func codedContents() async throws {
            let (server, base) = try secure()
            try await watch("gzip of text, 10 MB") { client, loop in
                try await loop.run { () async throws -> Void in
                    for _ in 0..<3 {
                        let count = try await client.withResponse(to: request("\(base)/text")) {
                            var count = 0
                            for try await chunk in $0.body { count += chunk.count }
                            return count
                        }
                        #expect(count > 8 << 20)
                    }
                }
            }
            try await watch("gzip bomb, 512 MB, eight at once") { client, loop in
                try await loop.run { () async throws -> Void in
                    await withDiscardingTaskGroup { tasks in
                        for _ in 0..<8 {
                            tasks.addTask {
                                let error = await client.failure("\(base)/bomb")
                                #expect(error?.code == .bodyTooLarge)
                            }
                        }
                    }
                    #expect(try await client.get("\(base)/tiny-members").body.isEmpty)
                }
            }
            withExtendedLifetime(server) {}
        }

        @Test func handshakes() async throws {
            for name in [Certificates.Kind.good, .expired, .foreign] {
                let (server, base) = try secure(name)
                try await watch("40 TLS handshakes, certificate \(name)") { client, loop in
                    try await loop.run { () async throws -> Void in
                        await withDiscardingTaskGroup { tasks in
                            // No connection is used again: each of them is asked for by a request that must not be repeated.
                            for _ in 0..<40 {
                                tasks.addTask {
                                    guard let sent = try? request("\(base)/sent", .post) else { return }
                                    let error = await client.failure(sent)
                                    #expect((error == nil) == (name == .good), "\(String(describing: error))")
                                }
                            }
                        }
                    }
                }
                withExtendedLifetime(server) {}
            }
        }

        @Test func unknownNames() async throws {
            try await watch("300 unknown names") { client, loop in
                try await loop.run { () async throws -> Void in
                    await crowd(of: 300) { index in
                        let error = await client.failure(
                            "http://name-\(index).invalid/",
                            deadline: soon(.seconds(20))
                        )
                        #expect(error != nil)
                    }
                }
            }
        }

        @Test func refusedAndReset() async throws {
            let server = try ServerProcess.python("FetchTests/Servers/reset_server.py", [])
            let port = try server.port()
            try await watch("1000 refused, 1000 reset") { client, loop in
                let codes = Codes()
                try await loop.run { () async throws -> Void in
                    await crowd(of: 2000) { index in
                        let url = "http://127.0.0.1:\(index % 2 == 0 ? 1 : port)/"
                        codes.add(await client.failure(url, deadline: soon(.seconds(10)))?.code)
                    }
                }
                print("refused and reset: \(codes.counts)")
                #expect(codes.counts["none"] == nil && codes.counts["deadlineExceeded"] == nil)
            }
            withExtendedLifetime(server) {}
        }

        @Test(arguments: [FetchClientConfiguration.Versions.http1, .http2PriorKnowledge])
        func closingWithThousands(_ versions: FetchClientConfiguration.Versions) async throws {
            try await withServer { base in
                try await watch(
                    "closing with 3000 pending, \(versions)",
                    { $0.versions = versions }
                ) { client, loop in
                    try await loop.run { () async throws -> Void in
                        async let closing: Void = close(client, loop)
                        await crowd(of: 3000) { index in
                            let error = await client.failure("\(base)/never?\(index)")
                            #expect(error?.code == .closed)
                        }
                        await closing
                    }
                }
            }
        }

        private func close(_ client: FetchClient, _ loop: EventLoop) async {
            try? await loop.sleep(for: .milliseconds(500))
            client.close()
        }

        @Test(arguments: [FetchClientConfiguration.Versions.http1, .http2PriorKnowledge])
        func cancellingAndDeadlinesOfThousands(_ versions: FetchClientConfiguration.Versions) async throws {
            try await withServer { base in
                try await watch(
                    "3000 deadlines and cancellations, \(versions)",
                    { $0.versions = versions }
                ) {
                    client,
                    loop in
                    try await loop.run { () async throws -> Void in
                        let deadline = soon(.milliseconds(700))
                        await crowd(of: 1500) { index in
                            _ = await client.failure("\(base)/never?\(index)", deadline: deadline)
                        }
                        // A few at a time, as cancelling them is one step of the test's own.
                        await withDiscardingTaskGroup { groups in
                            for part in 0..<150 {
                                groups.addTask {
                                    await withTaskGroup(of: Void.self) { tasks in
                                        for _ in 0..<10 {
                                            tasks.addTask { _ = await client.failure("\(base)/never") }
                                        }
                                        try? await loop.sleep(for: .milliseconds(300 + part))
                                        tasks.cancelAll()
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }

        @Test func largeMails() async throws {
            let certificates = try Certificates.shared()
            let server = try ServerProcess.python(
                "FetchTests/Servers/smtp_server.py",
                ["tls"] + certificates.files(.good)
            )
            let port = try server.port()
            let steps = LongestSteps()
            let group = try EventLoopGroup(count: 1, observer: steps)
            var configuration = SMTPClientConfiguration(host: "localhost", port: port, security: .implicitTLS)
            configuration.certificateAuthorities = certificates.authority
            configuration.connections = 2
            let client = SMTPClient(group: group, configuration: configuration)
            let line = String(repeating: "x", count: 98) + "\r\n"
            let large = mail("a", text: String(repeating: line, count: 150_000))
            let dotted = mail("a", text: String(repeating: ".\r\n", count: 1_000_000))
            let small = mail("a")
            try await group.loops[0].run {
                for _ in 0..<2 {
                    _ = try await client.send(large)
                    _ = try await client.send(dotted)
                }
                try await withThrowingTaskGroup(of: Void.self) { tasks in
                    for _ in 0..<100 { tasks.addTask { _ = try await client.send(small) } }
                    try await tasks.waitForAll()
                }
            }
            client.close()
            #expect(try await client.connectionCounts() == [0])
            group.shutdown()
            #expect(steps.report("mail", "15 MB and many, TLS").isEmpty, "a loop was held")
            withExtendedLifetime(server) {}
        }
    }
}

/// Counts what requests failed with.
private final class Codes: Sendable {
    private let state = Mutex<[String: Int]>([:])
    var counts: [String: Int] { state.withLock { $0 } }
    func add(_ code: FetchError.Code?) { state.withLock { $0[code?.description ?? "none", default: 0] += 1 } }
}
