import SwiftProtobuf
import Testing

@testable import RPC

@Suite(.timeLimit(.minutes(1))) struct HealthServiceTests {
    private let health = HealthService(services: ["a.A"])

    private func peer() throws -> RPCPeer {
        let peer = RPCPeer(name: "health")
        peer.bind(local: try RPCServiceTable([health]))
        return peer
    }

    @Test func checkSaysWhatTheHostSaid() async throws {
        let peer = try peer()
        for service in ["", "a.A"] {
            let request = Grpc_Health_V1_HealthCheckRequest.with { $0.service = service }
            #expect(try await peer.unary(HealthService.check, request, .root()).status == .notServing)
            health.set(service, serving: true)
            #expect(try await peer.unary(HealthService.check, request, .root()).status == .serving)
        }
        let error = await #expect(throws: RPCError.self) {
            try await peer.unary(HealthService.check, .with { $0.service = "b" }, .root())
        }
        #expect(error?.code == .notFound)
    }

    @Test func listHasAll() async throws {
        health.setAll(serving: true)
        health.set("b.B", serving: false)
        let statuses = try await peer().unary(HealthService.list, .init(), .root()).statuses.mapValues(\.status)
        #expect(statuses == ["": .serving, "a.A": .serving, "b.B": .notServing])
        for index in 0..<HealthService.listLimit { health.set("s\(index)", serving: true) }
        let error = await #expect(throws: RPCError.self) {
            try await peer().unary(HealthService.list, .init(), .root())
        }
        #expect(error?.code == .resourceExhausted)
    }

    @Test func watchTellsChanges() async throws {
        let request = Grpc_Health_V1_HealthCheckRequest.with { $0.service = "late" }
        let seen = try await peer().serverStreaming(HealthService.watch, request, .root()) { reader in
            var seen = [try await reader.next()?.status]
            health.set("late", serving: true)
            seen.append(try await reader.next()?.status)
            health.set("late", serving: true)
            health.set("other", serving: true)
            health.set("late", serving: false)
            seen.append(try await reader.next()?.status)
            return seen
        }
        #expect(seen == [.serviceUnknown, .serving, .notServing])
    }

    @Test func watchesEndWithTheLastStatus() async throws {
        let request = Grpc_Health_V1_HealthCheckRequest.with { $0.service = "a.A" }
        let error = await #expect(throws: RPCError.self) {
            try await peer().serverStreaming(HealthService.watch, request, .root()) { reader in
                #expect(try await reader.next()?.status == .notServing)
                health.set("a.A", serving: true)
                health.endWatches()
                #expect(try await reader.next()?.status == .serving)
                _ = try await reader.next()
            }
        }
        #expect(error?.code == .unavailable)
    }

    @Test func aWatchAfterTheEndGetsItsFirstStatusOnly() async throws {
        health.endWatches()
        let error = await #expect(throws: RPCError.self) {
            try await peer().serverStreaming(HealthService.watch, .init(), .root()) { reader in
                #expect(try await reader.next()?.status == .notServing)
                _ = try await reader.next()
            }
        }
        #expect(error?.code == .unavailable)
    }
}
