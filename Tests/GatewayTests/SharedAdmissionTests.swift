import Config
import Contracts
import HTTP
import RPC
import Reactor
import Testing

@testable import GatewayService

/// Who is let in together with others: nobody whom the filters would not let through.
@Suite struct SharedAdmissionTests {
    private static let scope = RESTAccess.session(scope: "read")
    private let auth = FakeAuth()
    private let known: KnownSessions
    private let gate = OccupancyGate(
        Occupancy.Limits(requests: 3, requestsPerAddress: 2, streams: 1, streamsPerAddress: 1)
    )
    private let loops: EventLoopGroup

    init() throws {
        loops = try EventLoopGroup(count: 1)
        let peer = RPCPeer(name: "auth")
        peer.bind(local: try RPCServiceTable([auth]))
        known = KnownSessions(auth: AuthClient(peer), loops: loops)
    }

    private func admission(_ environment: [String: String] = [:]) throws -> SharedAdmission {
        let settings = try Fixture.settings(environment)
        return SharedAdmission(
            proxies: TrustedProxies(networks: []),
            gate: gate,
            limiter: RateLimiter(try LimitRules(settings), shared: nil),
            known: known,
            cookies: CookieJar(try settings.publicOrigin()),
            patience: .seconds(60)
        )
    }

    private func call(_ fields: HTTPFields = [:], _ access: RESTAccess = scope, host: Int = 7) -> RESTCall {
        let head = HTTPRequestHead(
            method: .get,
            authority: "a",
            target: "/api/v1/quotes/A",
            fields: fields,
            version: .http1_1
        )
        let remote = SocketAddress(parsing: "192.0.2.\(host):4711")
        return RESTCall(head: head, remote: remote, method: .get, template: "/api/v1/quotes/{symbol}", access: access)
    }

    /// What becomes of one request.
    private func fields(_ admission: SharedAdmission, _ call: RESTCall) async throws -> HTTPFields? {
        guard let ticket = admission.arriveNow(call) else { return nil }
        try await admission.prepare(call.access, .root())
        return admission.admit(ticket, at: .now())
    }

    private func remember(_ token: String = FakeAuth.token, scopes: [String]? = nil) throws {
        var answer = AuthVerifySessionResponse()
        answer.session = FakeAuth.session()
        answer.holdsMilliseconds = 60_000
        answer.position = 100
        let session = try VerifiedSession(session: answer.session, token: token, scopes: scopes)
        known.remember(session, of: answer, since: .now())
    }

    private static let cookie: HTTPFields = ["cookie": Fixture.cookie]

    @Test func onlyWhoseSessionIsKnown() async throws {
        let admission = try admission()
        #expect(admission.arriveNow(call(Self.cookie)) == nil)
        try remember()
        #expect(try await fields(admission, call(Self.cookie)) != nil)
        #expect(auth.state.asked == 1 && auth.state.verified == 0)
        #expect(admission.arriveNow(call()) == nil)
        #expect(admission.arriveNow(call(["cookie": "lonja=another"])) == nil)
        #expect(admission.arriveNow(call(["cookie": Fixture.cookie + "; " + Fixture.cookie])) == nil)
        #expect(admission.arriveNow(call(["authorization": "Bearer \(FakeAuth.token)"])) == nil, "a cookie is no key")
        #expect(gate.count == 0)
    }

    @Test func notWhoseSessionHasChangedMeanwhile() async throws {
        let admission = try admission()
        try remember()
        let call = call(Self.cookie)
        let ticket = try #require(admission.arriveNow(call))
        auth.change { state in
            state.position += 1
            state.changed = ["u-1"]
        }
        try await admission.prepare(call.access, .root())
        #expect(admission.admit(ticket, at: .now()) == nil)
        auth.change { $0.changesFailure = RPCError(.unavailable, "away") }
        await #expect(throws: RPCError.self) {
            try await admission.prepare(call.access, .root())
        }
    }

    @Test func keysForWhatTheyAreFor() async throws {
        let admission = try admission()
        try remember("key.a", scopes: ["trade"])
        try remember("key.b", scopes: ["trade", "read"])
        #expect(try await fields(admission, call(["authorization": "Bearer key.a"])) == nil)
        #expect(try await fields(admission, call(["authorization": "Bearer key.b"])) != nil)
        #expect(admission.arriveNow(call(["cookie": "lonja=key.b"])) == nil, "a key is no cookie")
    }

    @Test func anOpenRouteAsksNobody() async throws {
        let admission = try admission()
        let answer = try await fields(admission, call([:], .anybody))
        #expect(answer?["ratelimit-policy"] == #""read-address";q=1000;w=10"#)
        #expect(auth.state.asked == 0)
    }

    @Test func placesAreTakenAndLeft() async throws {
        let admission = try admission()
        var tickets = (0..<2).compactMap { _ in admission.arriveNow(call([:], .anybody)) }
        #expect(tickets.count == 2 && admission.arriveNow(call([:], .anybody)) == nil)
        let other = admission.arriveNow(call([:], .anybody, host: 8))
        #expect(other != nil && admission.arriveNow(call([:], .anybody, host: 9)) == nil)
        tickets = []
        #expect(admission.arriveNow(call([:], .anybody)) != nil)
        withExtendedLifetime(other) {}
    }

    @Test func whoHasNothingLeftIsTheFilters() async throws {
        try remember()
        let narrow = try admission([
            "LONJA_GATEWAY_LIMITS_READ_ADDRESS": "1/h 3", "LONJA_GATEWAY_LIMITS_READ_ACCOUNT": "1/h 2",
        ])
        for left in [1, 0] {
            let answer = try #require(try await fields(narrow, call(Self.cookie)))
            #expect(answer["ratelimit"]?.hasPrefix(#""read-account";r=\#(left);t="#) == true)
            #expect(answer.count == 2)
        }
        #expect(try await fields(narrow, call(Self.cookie, host: 8)) == nil)
        let open = try await fields(narrow, call([:], .anybody))
        #expect(open?["ratelimit"]?.hasPrefix(#""read-address";r=0;t="#) == true)
        #expect(try await fields(narrow, call([:], .anybody)) == nil)
        let off = try admission(["LONJA_GATEWAY_LIMITS_ENABLED": "false"])
        #expect(try await fields(off, call(Self.cookie)) == [:])
    }
}

extension SharedAdmission {
    fileprivate func arriveNow(_ call: RESTCall) -> (any RESTTicket)? { arrive(call, at: .now()) }
}
