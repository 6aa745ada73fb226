import Reactor
import Testing

@testable import Valkey

extension Integration {
    @Suite struct ScriptTests {
        private static let limit = ValkeyScript(
            "local n = redis.call('INCR', KEYS[1]) if n == 1 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end return n"
        )

        @Test func `by name, and by text where the server does not know it`() async throws {
            try await Store.run { store in
                let client = store.client
                for expected in 1...2 {
                    same(try await client.run(Self.limit, keys: ["n"], arguments: [60_000]), .integer(expected))
                }
                _ = try await client.command("SCRIPT", ["FLUSH"])
                same(try await client.run(Self.limit, keys: ["n"], arguments: [60_000]), .integer(3))
                let known = try await client.command("SCRIPT", ["EXISTS", Self.limit.name]).items()
                #expect(known == [.integer(1)])
                let stats = try await client.command("INFO", ["commandstats"]).value(String.self)
                #expect(stats.contains("cmdstat_eval:calls=2,"), "only the two times that it was not known")
            }
        }

        @Test func `a script that fails says so`() async throws {
            try await Store.run { store in
                let script = ValkeyScript("return redis.error_reply('LIMIT too many')")
                let error = await failure { () async throws(ValkeyError) in _ = try await store.client.run(script) }
                #expect(error?.code == .server("LIMIT"))
            }
        }

        @Test func `a transaction is one piece`() async throws {
            try await Store.run(loops: 2) { store in
                let client = store.client
                let results = try await withThrowingTaskGroup(of: (Int, Int).self) { tasks in
                    for number in 0..<200 {
                        tasks.addTask(executorPreference: store.group.loops[number % 2]) {
                            let replies = try await client.transaction { batch in
                                batch.append(.incr("n"))
                                batch.append(.incr("n"))
                            }
                            return (try replies[0].integer(), try replies[1].integer())
                        }
                    }
                    return try await tasks.reduce(into: [(Int, Int)]()) { $0.append($1) }
                }
                #expect(results.allSatisfy { $0.1 == $0.0 + 1 && !$0.0.isMultiple(of: 2) })
            }
        }

        @Test func `a failure within a transaction is a reply, a refusal ends it`() async throws {
            try await Store.run { store in
                let client = store.client
                let replies = try await client.transaction { batch in
                    batch.append(.set("a", "x"))
                    batch.append(.incr("a"))
                    batch.append(.get("a"))
                    batch.append(.eval(ValkeyScript("return ARGV[1]"), arguments: ["hi"]))
                }
                #expect(replies.count == 4 && replies[2] == .bytes([0x78]) && replies[3] == .bytes(Array("hi".utf8)))
                #expect(throws: ValkeyError(server: "ERR")) { try replies[1].integer() }
                let refused = await failure { () async throws(ValkeyError) in
                    _ = try await client.transaction { batch in
                        batch.append(.set("b", "x"))
                        batch.append(ValkeyCommand("NOSUCH"))
                    }
                }
                #expect(refused?.code == .server("ERR") && refused?.mayHaveExecuted == false)
                same(try await client.get("b"), nil)
                same(try await client.transaction { _ in }.isEmpty, true)
            }
        }
    }
}
