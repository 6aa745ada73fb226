import Contracts
import Reactor
import Synchronization
import Testing

@testable import Observe
@testable import RPC

extension ChannelTests {
    /// What failures cost.
    @Suite
    struct Failure {
        @Test func aServiceThatFailsEverythingIsNotAskedMuchMore() async throws {
            try await Cluster.run(1) { cluster in
                cluster.backends[0].behave { _ in throw RPCError(.unavailable, "out of order") }
                let channel = try cluster.channel()
                let result = try await cluster.load(channel, workers: 64, calls: 4000)
                #expect(result.errors.count == 4000 && result.errors.allSatisfy { $0.message == "out of order" })
                let asked = cluster.backends[0].calls
                #expect((4100...5000).contains(asked), "asked \(asked) times")
                #expect(channel.sum { $0.retries.value } == asked - 4000)
                #expect(channel.sum { $0.unaffordable.value } > 0)
                cluster.forget()
                // Nothing is known to be harmless to repeat here.
                _ = try await cluster.load(channel, EchoMethods.unary, workers: 16, calls: 500)
                #expect(cluster.backends[0].calls == 500)
            }
        }

        @Test func aFailureIsMadeGoodElsewhere() async throws {
            try await Cluster.run(2) { cluster in
                cluster.backends[0].behave { _ in throw RPCError(.unavailable, "out of order") }
                let result = try await cluster.load(try cluster.channel(), workers: 4, calls: 300)
                #expect(result.errors.isEmpty)
                #expect(cluster.backends[0].calls > 0)
            }
        }

        @Test func whoSaysWhenToComeBackIsNotAskedEarlier() async throws {
            try await Cluster.run(1) { cluster in
                cluster.backends[0].behave { _ in
                    throw RPCError(.unavailable, "full", reason: "unavailable", retryAfter: .seconds(2))
                }
                let result = try await cluster.load(try cluster.channel(), workers: 4, calls: 20)
                #expect(result.errors.count == 20)
                #expect(cluster.backends[0].calls == 20)
            }
        }

        @Test func retriesEndAtTheDeadline() async throws {
            try await Cluster.run(1, loops: 1) { cluster in
                cluster.backends[0].behave { _ in
                    try await pause(.milliseconds(80))
                    throw RPCError(.unavailable, "out of order")
                }
                let begun = MonotonicTime.now()
                let result = try await cluster.load(
                    try cluster.channel(),
                    workers: 1,
                    calls: 1,
                    timeout: .milliseconds(130)
                )
                #expect(begun.duration(to: .now()) < .milliseconds(700))
                #expect(result.errors.count == 1)
                #expect((1...2).contains(cluster.backends[0].calls))
            }
        }

        /// Each replica in turn drains, goes, and comes back, and calls go on: none fails, of the methods that may not be
        /// repeated either.
        @Test func aRollingRestartFailsNoCall() async throws {
            try await Cluster.run(3) { cluster in
                let channel = try cluster.channel { $0.resolutionPeriod = .seconds(1) }
                let isOver = Atomic<Bool>(false)
                let begun = MonotonicTime.now()
                async let restarts: Void = {
                    defer { isOver.store(true, ordering: .relaxed) }
                    for number in 0..<3 {
                        try await cluster.clients.loops[0].run { try await pause(.milliseconds(300)) }
                        await cluster.stop(number, within: .seconds(5))
                        try await cluster.clients.loops[0].run { try await pause(.milliseconds(200)) }
                        try await cluster.start(number)
                    }
                    try await cluster.clients.loops[0].run { try await pause(.milliseconds(300)) }
                }()
                let result = try await cluster.load(channel, EchoMethods.unary, workers: 32) {
                    isOver.load(ordering: .relaxed)
                }
                try await restarts
                let seconds = Double(begun.duration(to: .now()).wholeNanoseconds) / 1e9
                print("rolling restart: \(result.calls) calls, \(Int(Double(result.calls) / seconds)) a second")
                #expect(result.errors.isEmpty, "\(result.errors.prefix(3))")
                #expect(cluster.backends.allSatisfy { $0.calls > 0 })
            }
        }

        @Test func renewedConnectionsFailNoCall() async throws {
            try await Cluster.run(2) { cluster in
                for backend in cluster.backends { backend.behave { _ in try await pause(.milliseconds(2)) } }
                let channel = try cluster.channel()
                let isOver = Atomic<Bool>(false)
                async let renewals: Void = {
                    defer { isOver.store(true, ordering: .relaxed) }
                    for _ in 0..<20 {
                        try await cluster.clients.loops[0].run { try await pause(.milliseconds(50)) }
                        channel.renewConnections()
                    }
                }()
                let result = try await cluster.load(channel, EchoMethods.unary, workers: 32) {
                    isOver.load(ordering: .relaxed)
                }
                try await renewals
                #expect(result.errors.isEmpty, "\(result.errors.prefix(3))")
                #expect(channel.sum { $0.transparent.value + $0.retries.value } == 0)
                // The old ones are closed: one for each loop is left.
                let end = MonotonicTime.now().advanced(by: .seconds(20))
                while cluster.connections(0) != 2 || cluster.connections(1) != 2, .now() < end {
                    try await cluster.clients.loops[0].run { try await pause(.milliseconds(20)) }
                }
                #expect(cluster.connections(0) == 2 && cluster.connections(1) == 2)
                let snapshot = await channel.snapshot(connections: 0)
                #expect(snapshot.loops.flatMap(\.endpoints).allSatisfy { $0.inFlight == 0 })
            }
        }

        /// Connections break without a word; what may be repeated is.
        @Test func replicasThatDieFailNoReads() async throws {
            try await Cluster.run(3) { cluster in
                for backend in cluster.backends { backend.behave { _ in try await pause(.milliseconds(5)) } }
                let channel = try cluster.channel()
                let isOver = Atomic<Bool>(false)
                async let kills: Void = {
                    defer { isOver.store(true, ordering: .relaxed) }
                    for number in 0..<3 {
                        try await cluster.clients.loops[0].run { try await pause(.milliseconds(200)) }
                        await cluster.stop(number, within: .zero)
                        try await cluster.start(number)
                    }
                    try await cluster.clients.loops[0].run { try await pause(.milliseconds(200)) }
                }()
                let result = try await cluster.load(channel, workers: 32) { isOver.load(ordering: .relaxed) }
                try await kills
                #expect(result.errors.isEmpty, "\(result.errors.prefix(3))")
                #expect(channel.sum { $0.retries.value } > 0)
            }
        }

        @Test func aPatientCallWaitsForTheService() async throws {
            try await Cluster.run(1, loops: 1) { cluster in
                await cluster.stop(0, within: .zero)
                let peer = RPCPeer(name: "echo")
                peer.bind(remote: try cluster.channel())
                let loop = cluster.clients.loops[0]
                let hasty = CallContext.root(timeout: .seconds(20))
                let begun = MonotonicTime.now()
                let refused = await #expect(throws: RPCError.self) {
                    try await loop.run { try await peer.unary(EchoMethods.unary, EchoEchoRequest(), hasty) }
                }
                #expect(refused?.code == .unavailable)
                #expect(begun.duration(to: .now()) < .seconds(5))
                let patient = {
                    var context = hasty
                    context.waitsForReady = true
                    return context
                }()
                async let answer = loop.run { try await peer.unary(EchoMethods.unary, EchoEchoRequest(), patient) }
                try await loop.run { try await pause(.milliseconds(500)) }
                try await cluster.start(0)
                _ = try await answer
                // Nobody waits for ever.
                await cluster.stop(0, within: .zero)
                let short = patient.with(timeout: .milliseconds(200))
                let late = await #expect(throws: RPCError.self) {
                    try await loop.run { try await peer.unary(EchoMethods.read, EchoEchoRequest(), short) }
                }
                #expect(late?.code == .deadlineExceeded)
            }
        }

        // MARK: Hedging

        @Test func aLateCallIsAnsweredByAnother() async throws {
            try await Cluster.run(2, loops: 1) { cluster in
                cluster.backends[0].behave { _ in try await pause(.seconds(5)) }
                let channel = try cluster.channel()
                let begun = MonotonicTime.now()
                let result = try await cluster.load(channel, EchoMethods.readHedged, workers: 4, calls: 40)
                #expect(result.errors.isEmpty)
                #expect(begun.duration(to: .now()) < .seconds(4))
                let slow = cluster.backends[0].calls
                #expect(slow > 0)
                #expect(channel.sum { $0.hedges.value } == slow)
                #expect(channel.sum { $0.hedgesWon.value } == slow)
                #expect(channel.sum { $0.inFlight.value } == 0)
                // The late attempts are cancelled.
                let end = MonotonicTime.now().advanced(by: .seconds(3))
                while cluster.backends[0].cancelled < slow, .now() < end {
                    try await cluster.clients.loops[0].run { try await pause(.milliseconds(10)) }
                }
                #expect(cluster.backends[0].cancelled == slow)
            }
        }

        @Test func hedgingCanBeSwitchedOff() async throws {
            try await Cluster.run(2, loops: 1) { cluster in
                for backend in cluster.backends { backend.behave { _ in try await pause(.milliseconds(120)) } }
                let channel = try cluster.channel { $0.isHedging = false }
                let result = try await cluster.load(channel, EchoMethods.readHedged, workers: 4, calls: 8)
                #expect(result.errors.isEmpty)
                #expect(channel.sum { $0.hedges.value } == 0)
                #expect(cluster.backends.reduce(0) { $0 + $1.calls } == 8)
            }
        }

        @Test func hedgesAreSpentFromTheBudget() async throws {
            try await Cluster.run(2, loops: 1) { cluster in
                for backend in cluster.backends { backend.behave { _ in try await pause(.milliseconds(120)) } }
                let channel = try cluster.channel()
                let result = try await cluster.load(channel, EchoMethods.readHedged, workers: 200, calls: 600)
                #expect(result.errors.isEmpty)
                let hedges = channel.sum { $0.hedges.value }
                #expect(hedges > 0 && hedges <= RetryRules().allowance(600))
                #expect(cluster.backends.reduce(0) { $0 + $1.calls } == 600 + hedges)
            }
        }

        /// Where there is no other replica a hedged call is repeated as any other.
        @Test func aHedgedCallOfALonelyReplicaIsRepeated() async throws {
            try await Cluster.run(1, loops: 1) { cluster in
                let flips = Flips()
                cluster.backends[0].behave { _ in if flips.next() { throw RPCError(.unavailable, "once") } }
                let channel = try cluster.channel()
                let result = try await cluster.load(channel, EchoMethods.readHedged, workers: 1, calls: 20)
                #expect(result.errors.isEmpty)
                #expect(channel.sum { $0.retries.value } > 5)
            }
        }

        @Test func aHedgedCallThatFailsIsMadeAgainAtOnce() async throws {
            try await Cluster.run(2, loops: 1) { cluster in
                cluster.backends[0].behave { _ in throw RPCError(.unavailable, "out of order") }
                cluster.backends[1].behave { _ in throw RPCError(.notFound, "no such thing") }
                let channel = try cluster.channel()
                let result = try await cluster.load(channel, EchoMethods.readHedged, workers: 1, calls: 20)
                #expect(result.errors.count == 20 && result.errors.allSatisfy { $0.code == .notFound })
            }
        }
    }
}
