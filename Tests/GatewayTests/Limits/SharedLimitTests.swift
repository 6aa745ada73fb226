import RPC
import Reactor
import TestServers
import Testing
import Valkey

@testable import GatewayService

/// Two replicas and the Valkey that they share.
@Suite(.serialized) struct SharedLimitTests {
    private struct Replica: Sendable {
        let client: ValkeyClient
        let limiter: RateLimiter

        init(_ server: StoreProcess, _ group: EventLoopGroup, _ limit: String) throws {
            client = ValkeyClient(ValkeyConfiguration(.one(try server.unix)), group: group)
            let rules = try LimitRules(Fixture.settings(["LONJA_GATEWAY_LIMITS_READ_ADDRESS": limit]))
            limiter = RateLimiter(rules, shared: SharedBuckets(client))
        }

        /// How many of `count` requests may go on.
        func pass(_ count: Int, _ subject: LimitSubject = .v4(1)) async -> Int {
            var passed = 0
            for _ in 0..<count where await limiter.count(.read, subject)?.retryAfter == nil { passed += 1 }
            return passed
        }
    }

    private func run(
        _ limit: String,
        _ body: @escaping @Sendable (StoreProcess, [Replica]) async throws -> Void
    ) async throws {
        let server = try StoreProcess()
        try await server.start()
        defer { server.kill() }
        let group = try EventLoopGroup(count: 1)
        let replicas = [try Replica(server, group, limit), try Replica(server, group, limit)]
        defer {
            for replica in replicas { replica.client.close() }
            group.shutdownAside()
        }
        try await group.next().run { try await body(server, replicas) }
    }

    @Test func replicasShareOneBucket() async throws {
        try await run("1/h 20") { _, replicas in
            #expect(await replicas[0].pass(15) == 15)
            #expect(await replicas[1].pass(15) == 5)
            #expect(await replicas[0].pass(5) == 0)
            #expect(await replicas[1].pass(5, .v4(2)) == 5)
        }
    }

    @Test func sharesAreNeverMoreThanTheWhole() async throws {
        // A share is ten; what one has taken and not used the other does not get.
        try await run("1/h 500") { _, replicas in
            let first = await replicas[0].pass(501)
            let second = await replicas[1].pass(501)
            #expect(first == 500)
            #expect(second == 0)
        }
    }

    @Test func withoutTheStoreEachCountsByItself() async throws {
        try await run("1/h 20") { server, replicas in
            #expect(await replicas[0].pass(5) == 5)
            server.kill()
            let begun = MonotonicTime.now()
            #expect(await replicas[0].pass(100) == 15)
            #expect(await replicas[1].pass(100) == 20)
            // One in a second finds out; nobody else waits.
            #expect(begun.duration(to: .now()) < .seconds(2))
        }
    }

    @Test func theBucketIsGoneWhenItIsFull() async throws {
        try await run("10/s 20") { _, replicas in
            _ = await replicas[0].pass(2)
            let key = "gateway:limit:read:4:1"
            let life = try await replicas[0].client.ttl(key)
            guard case .expires(let time) = life else {
                Issue.record("\(key) has \(life)")
                return
            }
            #expect(time <= .milliseconds(250))
        }
    }
}
