import Reactor
import TestServers
import Testing

@testable import Valkey

extension Integration {
    @Suite struct PipeliningTests {
        @Test func `ten thousand GETs at once, each with its own answer`() async throws {
            try await Store.run { store in
                let client = store.client
                _ = try await client.pipeline((0..<10_000).map { .set("k:\($0)", $0) })
                try await withThrowingTaskGroup(of: Bool.self) { tasks in
                    for number in 0..<10_000 {
                        tasks.addTask(executorPreference: EventLoop.current) {
                            try await client.get("k:\(number)", as: Int.self) == number
                        }
                    }
                    var right = 0
                    for try await isRight in tasks where isRight { right += 1 }
                    #expect(right == 10_000)
                }
                // One connection for all of them, and far fewer packets than commands.
                let info = try await client.command("INFO", ["stats"]).value(String.self)
                #expect(info.contains("total_connections_received:2\r\n"), "one is the fixture's own knock")
            }
        }

        @Test func `large values and those of others share a connection`() async throws {
            try await Store.run { store in
                let client = store.client
                let values = (0..<8).map { [UInt8](repeating: UInt8($0), count: 3_000_000 + $0) }
                try await withThrowingTaskGroup(of: Void.self) { tasks in
                    for (number, value) in values.enumerated() {
                        tasks.addTask(executorPreference: EventLoop.current) {
                            for round in 0..<3 {
                                try await client.set("large:\(number)", value)
                                try await client.set("small:\(number)", round)
                                let replies = try await client.pipeline([
                                    .get("small:\(number)"), ValkeyCommand("GETSET", "large:\(number)", value),
                                    .get("large:\(number)"), .get("small:\(number)"),
                                ])
                                let small = ValkeyReply.bytes(Array("\(round)".utf8))
                                #expect(replies == [small, .bytes(value), .bytes(value), small])
                            }
                        }
                    }
                    try await tasks.waitForAll()
                }
                let text = String(repeating: "ñ", count: 200_000)
                try await client.set("text", text)
                #expect(try await client.get("text", as: String.self) == text)
            }
        }

        @Test func `the commands of a caller are executed in order`() async throws {
            try await Store.run { store in
                let client = store.client
                for round in 0..<50 {
                    let replies = try await client.pipeline((0..<100).map { _ in .incr("n") })
                    #expect(replies == (1...100).map { .integer(round * 100 + $0) })
                }
            }
        }

        @Test func `more than may be under way waits its turn`() async throws {
            try await Store.run(configure: { $0.maximumInFlight = 7 }) { store in
                let client = store.client
                let sum = try await withThrowingTaskGroup(of: Int.self) { tasks in
                    for _ in 0..<500 {
                        tasks.addTask(executorPreference: EventLoop.current) { try await client.incr("n") }
                    }
                    return try await tasks.reduce(0, +)
                }
                #expect(sum == 500 * 501 / 2)
            }
        }

        @Test func `more than may wait is refused, and says so`() async throws {
            try await Store.run(configure: {
                $0.maximumInFlight = 1; $0.maximumWaiting = 10
            }) { store in
                let client = store.client
                try await client.ping()
                let codes = await withTaskGroup(of: ValkeyError?.self) { tasks in
                    for _ in 0..<50 {
                        tasks.addTask(executorPreference: EventLoop.current) {
                            await failure { () async throws(ValkeyError) in try await client.ping() }
                        }
                    }
                    return await tasks.reduce(into: [ValkeyError?]()) { $0.append($1) }
                }
                let refused = codes.compactMap { $0 }
                #expect(refused.count == 39)
                #expect(refused.allSatisfy { $0.code == .overloaded && !$0.mayHaveExecuted })
            }
        }

        @Test func `several loops and several connections`() async throws {
            try await Store.run(loops: 3, configure: { $0.connectionsPerLoop = 2 }) { store in
                let client = store.client
                let sum = try await withThrowingTaskGroup(of: Int.self) { tasks in
                    for number in 0..<3000 {
                        let loop = store.group.loops[number % 3]
                        tasks.addTask(executorPreference: loop) {
                            let result = try await client.incr("n")
                            #expect(EventLoop.current === loop, "a caller stays on its loop")
                            return result
                        }
                    }
                    return try await tasks.reduce(0, +)
                }
                #expect(sum == 3000 * 3001 / 2)
            }
        }

        @Test func `a caller that is on no loop`() async throws {
            let server = try StoreProcess()
            try await server.start()
            defer { server.kill() }
            let group = try EventLoopGroup(count: 1)
            defer { group.shutdownAside() }
            let client = ValkeyClient(ValkeyConfiguration(.one(try server.unix)), group: group)
            #expect(EventLoop.current == nil)
            try await client.set("a", "b")
            same(try await client.get("a", as: String.self), "b")
            #expect(EventLoop.current == nil)
            client.close()
            same(await code { () async throws(ValkeyError) in try await client.ping() }, .closed)
        }

        @Test func `what is too large is refused`() async throws {
            try await Store.run(configure: {
                $0.maximumCommand = 1000; $0.maximumReply = 100_000
            }) { store in
                let client = store.client
                same(await code { () async throws(ValkeyError) in try await append(2000, client) }, .tooLarge)
                for _ in 0..<200 { try await append(900, client) }
                let error = await failure { () async throws(ValkeyError) in _ = try await client.get("a") }
                #expect(error?.code == .tooLarge && error?.mayHaveExecuted == true)
                // The connection had to go; the next command finds another.
                try await client.ping()
            }
        }

        private func append(_ count: Int, _ client: ValkeyClient) async throws(ValkeyError) {
            _ = try await client.execute(ValkeyCommand("APPEND", "a", [UInt8](repeating: 1, count: count)))
        }
    }
}
