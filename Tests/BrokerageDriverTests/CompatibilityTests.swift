import BrokerageCompatibility
import Reactor
import TestServers
import Testing

/// The contract of the port, against each driver and an end of it.
@Suite(.serialized, .timeLimit(.minutes(2))) struct CompatibilityTests {
    @Test(arguments: BrokerageCompatibility.checks) func alpaca(_ check: BrokerageCheck) async throws {
        let loops = try EventLoopGroup(count: 2)
        defer { loops.shutdown() }
        let end = try AlpacaEnd(loops: loops)
        defer { end.server.end() }
        // What an end cannot show is no failure; which checks it needs nothing for always ran.
        let ran = try await loops.next().run { try await check.run(end) }
        #expect(ran || check.needs.contains(.forgets))
    }

    @Test(arguments: BrokerageCompatibility.checks) func paper(_ check: BrokerageCheck) async throws {
        let loops = try EventLoopGroup(count: 1)
        defer { loops.shutdown() }
        let end = PaperEnd(loops: loops)
        let ran = try await loops.next().run { try await check.run(end) }
        #expect(ran || !check.needs.isEmpty)
    }
}
