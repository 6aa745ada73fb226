import HTTP
import RPC
import Testing

@testable import GatewayService

/// What another site can have a browser send (attack 10 of the reference).
@Suite struct ForgeryTests {
    private static let origin = "http://localhost:8080"

    @Test(
        arguments: [
            (["x-csrf-token": FakeAuth.csrf], 200), ([:], 403), (["x-csrf-token": ""], 403),
            (["x-csrf-token": "wrong-toke"], 403), (["x-csrf-token": FakeAuth.csrf, "x-csrf-token": "x"], 403),
            (["x-csrf-token": FakeAuth.csrf, "origin": origin], 200),
            (["x-csrf-token": FakeAuth.csrf, "origin": "null"], 403),
            (["x-csrf-token": FakeAuth.csrf, "origin": "https://localhost:8080"], 403),
            (["x-csrf-token": FakeAuth.csrf, "origin": "http://localhost:8080.evil.example"], 403),
            (["x-csrf-token": FakeAuth.csrf, "origin": origin, "origin": "null"], 403),
            (["x-csrf-token": FakeAuth.csrf, "sec-fetch-site": "same-origin"], 200),
            (["x-csrf-token": FakeAuth.csrf, "sec-fetch-site": "none"], 200),
            (["x-csrf-token": FakeAuth.csrf, "sec-fetch-site": "same-site"], 403),
            (["x-csrf-token": FakeAuth.csrf, "sec-fetch-site": "cross-site", "origin": origin], 403),
        ] as [(HTTPFields, Int)]
    )
    func aCookieAloneChangesNothing(fields: HTTPFields, status: Int) async throws {
        let fixture = try Fixture()
        var all = fields
        all["cookie"] = Fixture.cookie
        let answer = await fixture.send(.patch, "/profile", all, #"{"givenName":"Ana"}"#)
        #expect(answer.status == status, "\(answer.text)")
        // Another site's request does not even count as the session being used.
        if fields.contains("sec-fetch-site"), status == 403 { #expect(fixture.auth.state.verified == 0) }
    }

    @Test func aSessionKeyNeedsNoToken() async throws {
        let fields: HTTPFields = ["authorization": "Bearer key.a.b", "sec-fetch-site": "cross-site"]
        #expect(await (try Fixture()).send(.patch, "/profile", fields, "{}").status == 200)
    }

    @Test func readingNeedsNoToken() async throws {
        let fields: HTTPFields = ["cookie": Fixture.cookie, "sec-fetch-site": "cross-site"]
        #expect(await (try Fixture()).send(.get, "/profile", fields).status == 200)
    }

    @Test(arguments: ["/auth/login", "/auth/register", "/auth/password-resets", "/auth/google/link"])
    func anotherSiteLogsNobodyIn(path: String) async throws {
        let fixture = try Fixture()
        for fields in [["origin": "null"], ["origin": "https://evil.example"], ["sec-fetch-site": "same-site"]]
            as [HTTPFields]
        {
            let answer = await fixture.send(.post, path, fields, "{}")
            #expect(answer.status == 403)
            #expect(answer.text.contains(#""code":"cross-site""#))
        }
        #expect(fixture.auth.state.logins.isEmpty)
        #expect(fixture.auth.state.registered == 0)
    }

    @Test(arguments: ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""])
    func aFormIsNoJSON(type: String) async throws {
        let fixture = try Fixture()
        let answer = await fixture.send(.post, "/auth/login", ["content-type": type], #"{"email":"a","password":"b"}"#)
        #expect(answer.status == 415)
        #expect(fixture.auth.state.logins.isEmpty)
    }
}
