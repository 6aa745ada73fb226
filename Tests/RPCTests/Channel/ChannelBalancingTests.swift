import Contracts
import Glibc
import Reactor
import Testing

@testable import HTTP
@testable import Observe
@testable import RPC

extension ChannelTests {
    /// Where calls go.
    @Suite
    struct Balancing {
        /// From one replica to three, without a connection being closed. `LONJA_TEST_SLOW` has it with the period that
        /// channels have, 10 s.
        @Test func newReplicasGetTheirShare() async throws {
            let isSlow = getenv("LONJA_TEST_SLOW") != nil
            try await Cluster.run(3) { cluster in
                // A replica is as fast as another, also where this process is one of many on its processors.
                for backend in cluster.backends { backend.behave { _ in try await pause(.milliseconds(2)) } }
                try cluster.name([0])
                let channel = try cluster.channel { if !isSlow { $0.resolutionPeriod = .seconds(1) } }
                let first = try await cluster.load(channel, workers: 8, calls: 200)
                #expect(first.errors.isEmpty)
                #expect(cluster.shares == [100, 0, 0])
                try cluster.name([0, 1, 2])
                let named = MonotonicTime.now()
                let patience = isSlow ? Duration.seconds(15) : .seconds(3)
                let wait = try await cluster.load(channel, workers: 8) { named.duration(to: .now()) > patience }
                cluster.forget()
                let then = try await cluster.load(channel, workers: 8, calls: 3000)
                #expect(wait.errors.isEmpty && then.errors.isEmpty)
                let endpoints = await channel.snapshot(connections: 0).loops.flatMap(\.endpoints)
                #expect(endpoints.allSatisfy { $0.inFlight == 0 })
                let means = endpoints.map(\.mean)
                for share in cluster.shares { #expect((25.0...41).contains(share), "\(cluster.shares), \(means)") }
                #expect((0..<3).allSatisfy { cluster.connections($0) == 2 })
            }
        }

        /// Half of its answers are failures, which come at once.
        @Test func oneBadOfFiveIsLeftAlone() async throws {
            try await Cluster.run(5) { cluster in
                let flips = Flips()
                for backend in cluster.backends.dropFirst() {
                    backend.behave { _ in try await pause(.milliseconds(1)) }
                }
                cluster.backends[0].behave { _ in if flips.next() { throw RPCError(.internalError, "broken") } }
                let channel = try cluster.channel { $0.outliers.sweep = .seconds(1) }
                let begun = MonotonicTime.now()
                _ = try await cluster.load(channel, workers: 16) { begun.duration(to: .now()) > .milliseconds(2200) }
                cluster.forget()
                _ = try await cluster.load(channel, workers: 16, calls: 3000)
                #expect(cluster.shares[0] < 2, "\(cluster.shares)")
                #expect(channel.sum { $0.ejections.value } > 0)
                let snapshot = await channel.snapshot(connections: 0)
                let bad = try cluster.address(0)
                let ejected = snapshot.loops.flatMap(\.endpoints).filter { $0.ejectedFor != nil }
                #expect(!ejected.isEmpty && ejected.allSatisfy { $0.address == bad })
            }
        }

        @Test func replicasThatAllFailAreTriedOnAndServeAgain() async throws {
            try await Cluster.run(3) { cluster in
                for backend in cluster.backends {
                    backend.behave { _ in throw RPCError(.internalError, "broken") }
                }
                let channel = try cluster.channel { $0.outliers.sweep = .milliseconds(300) }
                let bad = try await cluster.load(channel, workers: 8, calls: 1000)
                #expect(bad.errors.count == 1000 && bad.errors.allSatisfy { $0.code == .internalError })
                #expect(cluster.backends.reduce(0) { $0 + $1.calls } == 1000)
                for backend in cluster.backends { backend.behave { _ in } }
                let good = try await cluster.load(channel, workers: 8, calls: 1000)
                #expect(good.errors.isEmpty)
            }
        }

        /// 10 streams a connection, 45 calls that all are under way at once; then one connection is enough again.
        @Test func fullConnectionsGetCompany() async throws {
            try await Cluster.run(1, loops: 1, configure: { $0.http2.maximumStreams = 10 }) { cluster in
                cluster.backends[0].behave { _ in try await pause(.milliseconds(300)) }
                let channel = try cluster.channel {
                    $0.outliers.sweep = .milliseconds(100)
                    $0.idleConnections = .milliseconds(400)
                }
                let result = try await cluster.load(channel, workers: 45, calls: 90)
                #expect(result.errors.isEmpty)
                #expect(cluster.backends[0].mostUnderWay == 45)
                #expect(cluster.connections(0) == 5)
                let begun = MonotonicTime.now()
                cluster.backends[0].behave { _ in }
                let quiet = try await cluster.load(channel, workers: 1) {
                    cluster.connections(0) == 1 || begun.duration(to: .now()) > .seconds(10)
                }
                #expect(quiet.errors.isEmpty)
                #expect(cluster.connections(0) == 1)
                #expect(channel.sum { $0.connections.value } == 1)
            }
        }

        /// Ten connections at most; whoever comes then waits for a place, and gets it.
        @Test func beyondTheLastConnectionCallsWait() async throws {
            try await Cluster.run(1, loops: 1, configure: { $0.http2.maximumStreams = 2 }) { cluster in
                cluster.backends[0].behave { _ in try await pause(.milliseconds(100)) }
                let result = try await cluster.load(try cluster.channel(), workers: 60, calls: 120)
                #expect(result.errors.isEmpty)
                #expect(cluster.backends[0].mostUnderWay == 20)
                #expect(cluster.connections(0) == 10)
            }
        }

        /// Calls that give up while they wait must not take a place with them.
        @Test func whoGivesUpWaitingLeavesNothingBehind() async throws {
            try await Cluster.run(1, loops: 1, configure: { $0.http2.maximumStreams = 1 }) { cluster in
                let channel = try cluster.channel()
                // The connection is there.
                _ = try await cluster.load(channel, workers: 1, calls: 1)
                cluster.backends[0].behave { _ in try await pause(.milliseconds(200)) }
                let hurried = try await cluster.load(channel, workers: 40, calls: 40, timeout: .milliseconds(150))
                #expect(hurried.errors.count == 40)
                #expect(hurried.errors.allSatisfy { $0.code == .deadlineExceeded }, "\(hurried.errors.prefix(3))")
                let peer = RPCPeer(name: "echo")
                peer.bind(remote: channel)
                let loop = cluster.clients.loops[0]
                let tasks = (0..<40).map { _ in
                    Task {
                        try await loop.run { try await peer.unary(EchoMethods.read, EchoEchoRequest(), .root()) }
                    }
                }
                try await loop.run { try await pause(.milliseconds(50)) }
                for task in tasks { task.cancel() }
                for task in tasks { _ = await task.result }
                let snapshot = await channel.snapshot(connections: 0)
                let shard = try #require(snapshot.loops.first)
                #expect(shard.waiting == 0)
                #expect(shard.endpoints.map(\.inFlight) == [0])
                #expect(channel.sum { $0.inFlight.value } == 0)
                cluster.backends[0].behave { _ in }
                let then = try await cluster.load(channel, workers: 40, calls: 400)
                #expect(then.errors.isEmpty)
            }
        }

        @Test func aTargetWithTooManyCallsRefusesMore() async throws {
            try await Cluster.run(1, loops: 1) { cluster in
                cluster.backends[0].behave { _ in try await pause(.milliseconds(300)) }
                let channel = try cluster.channel { $0.maximumCalls = 20 }
                let result = try await cluster.load(channel, workers: 30, calls: 30)
                #expect(result.errors.count == 10)
                #expect(result.errors.allSatisfy { $0.code == .unavailable && $0.retryAfter == .seconds(1) })
                #expect(cluster.backends[0].calls == 20)
                #expect(channel.sum { $0.broken.value } == 10)
                #expect(channel.sum { $0.inFlight.value } == 0)
                let then = try await cluster.load(channel, workers: 20, calls: 20)
                #expect(then.errors.isEmpty)
            }
        }

        @Test func whatAChannelDoesCanBeSeen() async throws {
            try await Cluster.run(2, loops: 1) { cluster in
                let channel = try cluster.channel()
                let metrics = MetricRegistry()
                channel.show(in: metrics)
                _ = try await cluster.load(channel, workers: 2, calls: 50)
                let snapshot = await channel.snapshot(connections: 1)
                #expect(snapshot.calls == 50 && snapshot.repeats == 0)
                #expect(snapshot.connectionCount == 2 && snapshot.connections.count == 1)
                #expect(snapshot.lastFailure == nil)
                let endpoints = try #require(snapshot.loops.first?.endpoints)
                #expect(endpoints.map(\.address) == [try cluster.address(0), try cluster.address(1)])
                for endpoint in endpoints {
                    #expect(endpoint.state == .ready && endpoint.connections == 1 && endpoint.inFlight == 0)
                    #expect(endpoint.mean > .zero && endpoint.mean < .seconds(5))
                }
                let target = "target=\"\(channel.target)\""
                let text = metrics.prometheusText()
                #expect(text.contains("mesh_channel_calls_total{\(target)} 50\n"), "\(text)")
                #expect(text.contains("mesh_channel_connections{\(target)} 2\n"))
                #expect(text.contains("mesh_channel_repeats_total{\(target),why=\"retry\"} 0\n"))
            }
        }
    }
}
