import HTTP
import RPC
import Testing

@testable import GatewayService

@Suite struct OccupancyTests {
    private static let limits = Occupancy.Limits(requests: 3, requestsPerAddress: 2, streams: 2, streamsPerAddress: 1)

    @Test func boundsEachAndAll() {
        var occupancy = Occupancy(Self.limits)
        #expect(occupancy.enter(.v4(1), isStream: false) == .entered)
        #expect(occupancy.enter(.v4(1), isStream: false) == .entered)
        #expect(occupancy.enter(.v4(1), isStream: false) == .tooMany)
        #expect(occupancy.enter(.v4(2), isStream: false) == .entered)
        #expect(occupancy.enter(.v4(3), isStream: false) == .full)
        #expect(occupancy.enter(nil, isStream: false) == .full)
        // Streams have room of their own.
        #expect(occupancy.enter(.v4(1), isStream: true) == .entered)
        #expect(occupancy.enter(.v4(1), isStream: true) == .tooMany)
        occupancy.leave(.v4(1), isStream: false)
        #expect(occupancy.enter(.v4(1), isStream: false) == .entered)
    }

    @Test func nothingIsKeptOfWhoHasLeft() {
        var occupancy = Occupancy(Self.limits)
        for isStream in [false, true] {
            #expect(occupancy.enter(.v4(1), isStream: isStream) == .entered)
        }
        #expect(occupancy.clients == 1)
        for isStream in [false, true] { occupancy.leave(.v4(1), isStream: isStream) }
        #expect(occupancy.clients == 0)
        #expect(occupancy.count == 0)
    }

    private func answer(_ filter: AddressLimits, _ body: HTTPResponse.Body) async throws -> RESTResponse {
        let head = HTTPRequestHead(method: .get, authority: "x", target: "/", version: .http1_1)
        let call = RESTCall(head: head, remote: nil, method: .get, template: "/", access: .anybody, quota: .stream)
        return try await filter.answer(call, .root()) { _, _ in RESTResponse(status: 200, body: body) }
    }

    @Test func aStreamKeepsItsPlaceUntilItIsThrownAway() async throws {
        let rules = try LimitRules(Fixture.settings(["LONJA_GATEWAY_LIMITS_ENABLED": "false"]))
        let gate = OccupancyGate(Self.limits)
        let filter = AddressLimits(
            proxies: TrustedProxies(networks: []),
            gate: gate,
            limiter: RateLimiter(rules, shared: nil)
        )
        _ = try await answer(filter, .empty)
        #expect(gate.count == 0)
        var open: RESTResponse? = try await answer(filter, .stream { _ in })
        #expect(gate.count == 1)
        _ = open
        open = nil
        #expect(gate.count == 0)
        await #expect(throws: RPCError.self) {
            let first = try await answer(filter, .stream { _ in })
            let second = try await answer(filter, .stream { _ in })
            _ = try await answer(filter, .stream { _ in })
            withExtendedLifetime((first, second)) {}
        }
        #expect(gate.count == 0)
    }
}
