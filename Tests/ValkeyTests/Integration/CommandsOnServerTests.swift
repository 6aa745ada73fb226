import Observe
import Testing

@testable import Valkey

extension Integration {
    @Suite struct CommandsOnServerTests {
        @Test func strings() async throws {
            try await Store.run { store in
                let client = store.client
                try await client.ping()
                same(try await client.get("a"), nil)
                same(try await client.set("a", "1"), true)
                same(try await client.get("a", as: String.self), "1")
                same(try await client.get("a", as: Int.self), 1)
                same(try await client.set("a", 2, condition: .ifAbsent), false)
                same(try await client.set("b", 2, condition: .ifPresent), false)
                same(try await client.set("a", 5, condition: .ifPresent), true)
                same(try await client.setAndGet("a", 6, as: Int.self), 5)
                same(try await client.setAndGet("a", 7, condition: .ifAbsent, as: Int.self), 6)
                same(try await client.incr("a"), 7)
                same(try await client.incrby("a", -10), -3)
                same(try await client.decr("a"), -4)
                same(try await client.mget(["a", "none", "a"], as: Int.self), [-4, nil, -4])
                same(try await client.getdel("a", as: Int.self), -4)
                same(try await client.getdel("a"), nil)
                try await client.set("text", "x")
                same(await code { () async throws(ValkeyError) in _ = try await client.incr("text") }, .server("ERR"))
                same(await code { () async throws(ValkeyError) in _ = try await client.hget("text", "f") }, .wrongType)
            }
        }

        @Test func `keys and their times`() async throws {
            try await Store.run { store in
                let client = store.client
                try await client.set("a", 1, expiry: .after(.seconds(100)))
                guard case .expires(let left) = try await client.ttl("a") else {
                    Issue.record("it expires")
                    return
                }
                #expect(left > .seconds(99) && left <= .seconds(100))
                try await client.set("a", 2, expiry: .keep)
                #expect(try await client.ttl("a") != .unlimited)
                try await client.set("a", 2)
                same(try await client.ttl("a"), .unlimited)
                same(try await client.ttl("none"), .missing)
                same(try await client.expire("a", after: .milliseconds(1500)), true)
                same(try await client.expire("none", after: .seconds(1)), false)
                same(try await client.persist("a"), true)
                same(try await client.getex("a", expiry: .after(.seconds(5)), as: Int.self), 2)
                #expect(try await client.ttl("a") != .unlimited)
                _ = try await client.getex("a", expiry: nil)
                same(try await client.ttl("a"), .unlimited)
                let now = try await client.time()
                #expect(abs(now.duration(to: .now()).wholeMilliseconds) < 5000)
                try await client.set("b", 1, expiry: .at(now.advanced(by: .seconds(50))))
                #expect(try await client.ttl("b") != .unlimited)
                same(try await client.expire("b", at: now.advanced(by: .seconds(-1))), true)
                same(try await client.exists(["a", "b", "a"]), 2)
                same(try await client.unlink(["a", "b"]), 1)
                try await client.set("a", 1)
                same(try await client.del(["a", "b"]), 1)
                same(
                    await code { () async throws(ValkeyError) in
                        _ = try await client.set("a", 1, expiry: .after(.seconds(-1)))
                    },
                    .server("ERR")
                )
            }
        }

        @Test func `hashes, sets, lists`() async throws {
            try await Store.run { store in
                let client = store.client
                same(try await client.hset("h", [("a", "1"), ("b", "2")]), 2)
                same(try await client.hget("h", "a", as: Int.self), 1)
                same(try await client.hget("h", "c"), nil)
                same(try await client.hgetall("h", as: Int.self), ["a": 1, "b": 2])
                same(try await client.hgetall("none", as: Int.self), [:])
                same(try await client.hmget("h", ["b", "c"], as: String.self), ["2", nil])
                same(try await client.hincrby("h", "a", 41), 42)
                same(try await client.hdel("h", ["a", "c"]), 1)

                same(try await client.sadd("s", ["x", "y", "x"]), 2)
                same(try await client.sismember("s", "x"), true)
                same(try await client.sismember("s", "z"), false)
                same(try await client.srem("s", ["x", "z"]), 1)
                same(try await client.smembers("s", as: String.self), ["y"])
                same(try await client.scard("s"), 1)

                same(try await client.lpush("l", ["1", "2", "3"]), 3)
                same(try await client.rpop("l", as: Int.self), 1)
                same(try await client.lrange("l", 0, -1, as: Int.self), [3, 2])
                try await client.ltrim("l", 0, 0)
                same(try await client.lrange("l", 0, -1, as: Int.self), [3])
                same(try await client.rpop("none"), nil)
            }
        }

        @Test func `sorted sets`() async throws {
            try await Store.run { store in
                let client = store.client
                let members: [(score: Double, member: String)] = [(1, "a"), (2.5, "b"), (3, "c"), (.infinity, "d")]
                same(try await client.zadd("z", members), 4)
                same(try await client.zscore("z", "b"), 2.5)
                same(try await client.zscore("z", "d"), .infinity)
                same(try await client.zscore("z", "none"), nil)
                same(try await client.zrange("z", 0, 1, as: String.self), ["a", "b"])
                same(try await client.zrangebyscore("z", as: String.self), ["a", "b", "c", "d"])
                let middle = try await client.zrangebyscore(
                    "z",
                    from: .excluding(1),
                    through: .including(3),
                    limit: 1,
                    as: String.self
                )
                #expect(middle == ["b"])
                same(try await client.zremrangebyscore("z", through: .excluding(2.5)), 1)
                same(try await client.zrem("z", ["b", "none"]), 1)
                same(try await client.zcard("z"), 2)
            }
        }

        @Test func `all keys by SCAN`() async throws {
            try await Store.run { store in
                let client = store.client
                _ = try await client.pipeline((0..<1000).map { .set("k:\($0)", $0) } + [.set("other", 1)])
                var found: Set<String> = []
                for try await key in client.keys(matching: "k:*", page: 50) {
                    found.insert(String(decoding: key, as: UTF8.self))
                }
                #expect(found == Set((0..<1000).map { "k:\($0)" }))
            }
        }

        @Test func `keys and values of any bytes`() async throws {
            try await Store.run { store in
                let client = store.client
                let all = [UInt8](0...255)
                try await client.set(all, all)
                same(try await client.get(all), all)
                for value in [
                    "", "\r\n", "\0", "$5\r\nhello\r\n", "x\r\nFLUSHALL\r\n", "*1\r\n$8\r\nFLUSHALL\r\n", "ñ🙂",
                ] {
                    try await client.set("k" + value, value)
                    same(try await client.get("k" + value, as: String.self), value)
                    try await client.hset("h" + value, [(value, value)])
                    same(try await client.hgetall("h" + value, as: String.self), [value: value])
                    let script = ValkeyScript("return {KEYS[1], ARGV[1]}")
                    let echo = try await client.run(script, keys: [value], arguments: [value])
                    #expect(try echo.values(String.self) == [value, value])
                }
                let large = [UInt8](repeating: 13, count: 5_000_000)
                try await client.set("large", large)
                same(try await client.get("large"), large)
            }
        }

        @Test func `any command, but those that harm the connection`() async throws {
            try await Store.run { store in
                let client = store.client
                same(try await client.command("append", ["a", "xyz"]), .integer(3))
                same(try await client.command("ECHO", [[UInt8]([0, 1])]), .bytes([0, 1]))
                for name in ["SELECT", "multi", "Subscribe", "BLPOP", "QUIT", "WATCH", "MONITOR"] {
                    same(
                        await code { () async throws(ValkeyError) in _ = try await client.command(name) },
                        .unsupported
                    )
                }
                let select = ValkeyCommand("SELECT", 1)
                let pop = ValkeyCommand("blpop", "a", 0)
                same(
                    await code { () async throws(ValkeyError) in _ = try await client.execute(select) },
                    .unsupported
                )
                same(
                    await code { () async throws(ValkeyError) in
                        _ = try await client.pipeline([.set("piped", "x"), pop])
                    },
                    .unsupported
                )
                same(
                    await code { () async throws(ValkeyError) in
                        _ = try await client.transaction { $0.append(contentsOf: [.set("piped", "x"), select]) }
                    },
                    .unsupported
                )
                same(try await client.get("piped"), nil)
                let reply: [any ValkeyArgument] = [Array("reply".utf8), "off"]
                same(
                    await code { () async throws(ValkeyError) in _ = try await client.command("CLIENT", reply) },
                    .unsupported
                )
                same(
                    await code { () async throws(ValkeyError) in _ = try await client.command("NOSUCH") },
                    .server("ERR")
                )
                try await client.ping()
            }
        }
    }
}
