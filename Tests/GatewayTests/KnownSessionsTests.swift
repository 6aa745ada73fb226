import Contracts
import HTTP
import RPC
import Testing

@testable import GatewayService

/// Requests with a session that is known: auth says whether anything has changed, and verifies what has.
@Suite struct KnownSessionsTests {
    static let fields: HTTPFields = ["cookie": Fixture.cookie]

    func fixture(holds: Int64 = 60_000) throws -> Fixture {
        let fixture = try Fixture()
        fixture.auth.change { $0.holds = holds }
        return fixture
    }

    @Test func aKnownSessionIsNotVerifiedAgainButAskedForEachTime() async throws {
        let fixture = try fixture()
        for number in 0..<5 {
            let answer = await fixture.send(.get, "/profile", Self.fields)
            #expect(answer.status == 200)
            #expect(answer.text.contains(#""userId":"u-1""#))
            #expect(fixture.auth.state.verified == 1)
            #expect(fixture.auth.state.asked == number)
        }
        // Of whom they were asked, and from where, says nothing.
        #expect(fixture.auth.state.metadata.dropFirst().allSatisfy { $0.isEmpty })
    }

    @Test func whatHasChangedIsVerifiedBeforeTheVeryNextRequest() async throws {
        let fixture = try fixture()
        #expect(await fixture.send(.get, "/profile", Self.fields).status == 200)
        fixture.auth.change { state in
            state.position += 1
            state.changed = ["u-2"]
        }
        #expect(await fixture.send(.get, "/profile", Self.fields).status == 200)
        #expect(fixture.auth.state.verified == 1, "another's session has changed")
        fixture.auth.change { state in
            state.position += 1
            state.changed = ["u-1"]
            state.verifyFailure = RPCError(.unauthenticated, "over")
        }
        let refused = await fixture.send(.get, "/profile", Self.fields)
        #expect(refused.status == 401)
        #expect(refused.cookies == ["lonja=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax"])
        #expect(fixture.auth.state.verified == 2)
    }

    @Test func whatAuthDoesNotLetBeKeptIsVerifiedEachTime() async throws {
        let fixture = try fixture(holds: 0)
        for _ in 0..<3 { #expect(await fixture.send(.get, "/profile", Self.fields).status == 200) }
        #expect(fixture.auth.state.verified == 3)
        fixture.auth.change { state in
            state.holds = 60_000
            state.position = 0
        }
        for _ in 0..<3 { #expect(await fixture.send(.get, "/profile", Self.fields).status == 200) }
        #expect(fixture.auth.state.verified == 6)
        fixture.auth.change { state in
            state.position = 7
            state.newToken = "rotated"
        }
        for _ in 0..<3 { #expect(await fixture.send(.get, "/profile", Self.fields).cookies.count == 1) }
        #expect(fixture.auth.state.verified == 9)
        #expect(fixture.auth.state.asked == 0)
    }

    @Test func aCookieAndAKeyAreNotTakenForEachOther() async throws {
        let fixture = try fixture()
        #expect(await fixture.send(.get, "/profile", Self.fields).status == 200)
        let asKey = await fixture.send(.get, "/profile", ["authorization": "Bearer \(FakeAuth.token)"])
        #expect(asKey.status == 200)
        #expect(fixture.auth.state.verified == 2)
        let key: HTTPFields = ["authorization": "Bearer key.trade.c"]
        for _ in 0..<2 {
            #expect(await fixture.send(.get, "/profile", key).status == 403, "the scopes of the key are kept with it")
        }
        #expect(fixture.auth.state.verified == 3)
    }

    /// An auth of an earlier build knows no changes; one that is away cannot be asked.
    @Test(arguments: [RPCError.Code.unimplemented, .unavailable, .deadlineExceeded])
    func whereChangesAreNotToldEachSessionIsVerified(code: RPCError.Code) async throws {
        let fixture = try fixture()
        fixture.auth.change { $0.changesFailure = RPCError(code, "no") }
        for _ in 0..<3 { #expect(await fixture.send(.get, "/profile", Self.fields).status == 200) }
        #expect(fixture.auth.state.verified == 3)
        fixture.auth.change { $0.verifyFailure = RPCError(.unavailable, "gone") }
        #expect(await fixture.send(.get, "/profile", Self.fields).status == 503)
    }

    @Test func aForgedRequestIsRefusedFromMemoryToo() async throws {
        let fixture = try fixture()
        #expect(await fixture.send(.get, "/profile", Self.fields).status == 200)
        let forged = await fixture.send(.post, "/auth/logout", Self.fields)
        #expect(forged.status == 403)
        #expect(fixture.auth.state.logouts.isEmpty)
        #expect(await fixture.send(.post, "/auth/logout", Fixture.own()).status == 204)
        #expect(fixture.auth.state.verified == 1)
        #expect(fixture.auth.state.logouts == [FakeAuth.token])
    }
}
