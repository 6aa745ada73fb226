import Contracts
import HTTP
import RPC
import Testing

@testable import GatewayService

/// Who gets through to what.
@Suite struct SessionTests {
    @Test func aClosedRouteKnowsWhoseItIs() async throws {
        let fixture = try Fixture()
        let agent = "curl/8 \u{e9} \r\n x"
        let answer = await fixture.send(.get, "/profile", ["cookie": Fixture.cookie, "user-agent": agent])
        #expect(answer.status == 200)
        #expect(answer.text.contains(#""userId":"u-1""#))
        #expect(answer.text.contains(#""givenName":"192.0.2.7 curl/8 ?? "#), "\(answer.text)")
        #expect(answer.fields["cache-control"] == "private, no-cache")
        #expect(answer.fields["referrer-policy"] == "no-referrer")
        #expect(fixture.auth.state.verified == 1, "auth is asked once for each request")
    }

    @Test(
        arguments: [
            (.get, "/profile"), (.patch, "/profile"), (.delete, "/profile"), (.get, "/profile/photo"),
            (.put, "/profile/photo"), (.get, "/profile/export"), (.post, "/profile/email"), (.get, "/auth/session"),
            (.get, "/auth/sessions"), (.delete, "/auth/sessions"), (.delete, "/auth/sessions/x"),
            (.post, "/auth/logout"), (.put, "/auth/password"), (.post, "/auth/session-keys"),
        ] as [(HTTPMethod, String)]
    )
    func nothingIsOpenByItself(method: HTTPMethod, path: String) async throws {
        let fixture = try Fixture()
        let answer = await fixture.send(method, path)
        #expect(answer.status == 401)
        #expect(answer.fields["content-type"] == "application/problem+json")
        #expect(answer.fields["www-authenticate"] == "Bearer")
        #expect(fixture.auth.state.verified == 0)
    }

    @Test(
        arguments: [
            "lonja=\(FakeAuth.token); lonja=\(FakeAuth.token)", "lonja=other; lonja=\(FakeAuth.token)",
            "__Host-lonja=\(FakeAuth.token)", "Lonja=\(FakeAuth.token)", "lonja-device=\(FakeAuth.token)", "lonja=",
            "lonja=a b", "lonja=\(String(repeating: "a", count: 5000))",
        ]
    )
    func anAmbiguousOrForeignCookieIsNoSession(cookie: String) async throws {
        let fixture = try Fixture()
        #expect(await fixture.send(.get, "/profile", ["cookie": cookie]).status == 401)
        #expect(fixture.auth.state.verified == 0, "auth is not asked")
    }

    @Test func pricesAreForEverybodyUnlessTheyAreClosed() async throws {
        let open = try Fixture()
        let told = await open.send(.get, "/quotes/AAPL", ["cookie": Fixture.cookie])
        #expect(told.status == 200)
        #expect(told.fields["cache-control"] == "public, max-age=1")
        #expect(open.auth.state.verified == 0, "auth is not asked")

        let closed = try Fixture(["LONJA_GATEWAY_PRICES_CLOSED": "true"])
        #expect(await closed.send(.get, "/quotes/AAPL").status == 401)
        let answer = await closed.send(.get, "/quotes/AAPL", ["cookie": Fixture.cookie])
        #expect(answer.status == 200)
        #expect(answer.fields["cache-control"] == "private, max-age=1")
        #expect(closed.auth.state.verified == 1)
    }

    @Test func twoCookieFieldsAreAmbiguousToo() async throws {
        let fixture = try Fixture()
        let fields: HTTPFields = ["cookie": Fixture.cookie, "cookie": Fixture.cookie]
        #expect(await fixture.send(.get, "/profile", fields).status == 401)
    }

    @Test func onHTTPSOnlyThePrefixedCookieCounts() async throws {
        let fixture = try Fixture(["LONJA_PUBLIC_URL": "https://lonja.example"])
        #expect(await fixture.send(.get, "/profile", ["cookie": Fixture.cookie]).status == 401)
        #expect(await fixture.send(.get, "/profile", ["cookie": "__Host-\(Fixture.cookie)"]).status == 200)
        let login = await fixture.send(.post, "/auth/login", [:], #"{"email":"a@b.example","password":"x"}"#)
        #expect(
            login.cookies == [
                "__Host-lonja=fresh-token; Path=/; Secure; HttpOnly; SameSite=Lax",
                "__Host-lonja-device=device-token; Max-Age=7776000; Path=/; Secure; HttpOnly; SameSite=Lax",
            ]
        )
    }

    @Test(arguments: ["http://lonja.example", "https://a.example/path", "ftp://a", "https://u@a.example", "lonja", ""])
    func whatIsNoOriginIsRefused(url: String) throws {
        guard !url.isEmpty else { return }
        #expect(throws: (any Error).self) { try Fixture(["LONJA_PUBLIC_URL": url]) }
    }

    @Test func aSessionThatIsOverLosesItsCookie() async throws {
        let fixture = try Fixture()
        let answer = await fixture.send(.get, "/profile", ["cookie": "lonja=gone"])
        #expect(answer.status == 401)
        #expect(answer.text.contains(#""code":"unauthorized""#))
        #expect(answer.cookies == ["lonja=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax"])
    }

    @Test func aWrongPasswordDoesNotEndTheSession() async throws {
        let fixture = try Fixture()
        fixture.auth.change { $0.changeFailure = RPCError(.unauthenticated, "no", reason: "wrong-password") }
        let answer = await fixture.send(.put, "/auth/password", Fixture.own(), #"{"current":"a","new":"b"}"#)
        #expect(answer.status == 401)
        #expect(answer.text.contains(#""code":"wrong-password""#))
        #expect(answer.cookies.isEmpty)
    }

    @Test func aRotatedSessionGetsItsCookieWhateverTheRouteSays() async throws {
        let fixture = try Fixture()
        fixture.auth.change { $0.newToken = "rotated" }
        let wanted = "lonja=rotated; Path=/; HttpOnly; SameSite=Lax"
        #expect(await fixture.send(.get, "/profile", ["cookie": Fixture.cookie]).cookies == [wanted])
        let failed = await fixture.send(.get, "/profile/photo", ["cookie": Fixture.cookie])
        #expect(failed.status == 404)
        #expect(failed.cookies == [wanted])
        let bearer = await fixture.send(.get, "/profile", ["authorization": "Bearer key.a.b"])
        #expect(bearer.cookies.isEmpty)
        #expect(await fixture.send(.post, "/auth/logout", Fixture.own()).cookies.count == 1)
        #expect(fixture.auth.state.logouts == ["rotated"])
    }

    @Test func aRememberedSessionOutlivesTheBrowser() async throws {
        let fixture = try Fixture()
        let body = #"{"email":"a@b.example","password":"x","remember":true}"#
        let cookie = try #require(await fixture.send(.post, "/auth/login", [:], body).cookies.first)
        #expect(cookie.hasPrefix("lonja=fresh-token; Max-Age="))
    }

    @Test(
        arguments: [
            ("Bearer key.a.b", 200), ("bearer key.a.b", 200), ("Bearer  key.a.b", 401), ("Basic key.a.b", 401),
            ("Bearer", 401), ("Bearer key a", 401), ("key.a.b", 401), ("Bearer wrong", 401),
        ]
    )
    func sessionKeys(field: String, status: Int) async throws {
        let fixture = try Fixture()
        // The cookie is not fallen back on.
        let fields: HTTPFields = ["authorization": field, "cookie": Fixture.cookie]
        #expect(await fixture.send(.get, "/profile", fields).status == status)
    }

    @Test func aKeyDoesNoMoreThanItsScopesSay() async throws {
        let fixture = try Fixture()
        for scope in ["read", "trade", "account"] {
            let fields: HTTPFields = ["authorization": "Bearer key.\(scope).c", "cookie": Fixture.cookie]
            let answer = await fixture.send(.get, "/profile", fields)
            #expect(answer.status == (scope == "read" ? 200 : 403), "\(scope)")
            guard scope != "read" else { continue }
            #expect(answer.text.contains(#""code":"insufficient-scope""#))
            #expect(answer.fields["www-authenticate"] == #"Bearer error="insufficient_scope", scope="read""#)
        }
        // Auth is the one to say.
        #expect(fixture.auth.state.metadata.allSatisfy { $0[CallContext.scopesMetadata] == nil })
        _ = await fixture.send(.get, "/auth/sessions", ["authorization": "Bearer key.account.c"])
        #expect(fixture.auth.state.metadata.last?[CallContext.scopesMetadata] == "account")
        _ = await fixture.send(.get, "/auth/sessions", ["cookie": Fixture.cookie])
        #expect(fixture.auth.state.metadata.last?[CallContext.scopesMetadata] == nil)
    }

    @Test func aDeadAuthClosesWhatIsClosedAndNothingElse() async throws {
        let fixture = try Fixture()
        for code in [RPCError.Code.unavailable, .deadlineExceeded] {
            fixture.auth.change { $0.verifyFailure = RPCError(code, "gone") }
            let closed = await fixture.send(.get, "/profile", ["cookie": Fixture.cookie])
            #expect(closed.status == 503)
            #expect(closed.fields["retry-after"] != nil)
            #expect(closed.cookies.isEmpty, "the session may be good")
            #expect(await fixture.send(.get, "/quotes/AAPL", ["cookie": Fixture.cookie]).status == 200)
            #expect(await fixture.send(.get, "/healthz").status == 200)
        }
    }

    @Test func loginAnswersTheSessionAndNeverTheToken() async throws {
        let fixture = try Fixture()
        let fields: HTTPFields = ["cookie": "lonja=old; lonja-device=known; other=1"]
        let answer = await fixture.send(.post, "/auth/login", fields, #"{"email":"a@b.example","password":"x"}"#)
        #expect(answer.status == 200)
        #expect(answer.text.contains(#""csrfToken":"csrf-token""#))
        #expect(!answer.text.contains("fresh-token") && !answer.text.contains("device-token"))
        let login = try #require(fixture.auth.state.logins.first)
        #expect(login.replacedToken == "old")
        #expect(login.deviceToken == "known")
        let session = await fixture.send(.get, "/auth/session", ["cookie": Fixture.cookie])
        #expect(session.status == 200)
        #expect(session.text == answer.text)
    }

    @Test(arguments: ["replacedToken", "deviceToken", "admin"])
    func onlyCookiesSayWhichSessionIsReplaced(member: String) async throws {
        let fixture = try Fixture()
        let body = #"{"email":"a@b.example","password":"x","\#(member)":"x"}"#
        let answer = await fixture.send(.post, "/auth/login", [:], body)
        #expect(answer.status == 422)
        #expect(answer.text.contains(#""field":"\#(member)","code":"unknown""#))
        #expect(fixture.auth.state.logins.isEmpty)
        #expect(await fixture.send(.post, "/auth/login?lonja=x", [:], #"{"email":"a"}"#).status == 400)
    }

    @Test func aReasonOfAuthIsTheCode() async throws {
        let fixture = try Fixture()
        fixture.auth.change { $0.loginFailure = RPCError(.failedPrecondition, "verify", reason: "email-unverified") }
        let answer = await fixture.send(.post, "/auth/login", [:], #"{"email":"a@b.example","password":"x"}"#)
        #expect(answer.status == 422)
        #expect(answer.text.contains(#""code":"email-unverified""#))
        #expect(answer.cookies.isEmpty)
    }

    @Test func whatEndsTheSessionTakesItsCookie() async throws {
        let fixture = try Fixture()
        let gone = ["lonja=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax"]
        let logout = await fixture.send(.post, "/auth/logout", Fixture.own())
        #expect(logout.status == 204)
        #expect(logout.cookies == gone)
        #expect(fixture.auth.state.logouts == [FakeAuth.token])
        let deleted = await fixture.send(.delete, "/profile", Fixture.own())
        #expect(deleted.status == 204)
        #expect(deleted.cookies == gone)
    }

    @Test func whatMetadataABrowserSendsIsItsOwn() async throws {
        let fixture = try Fixture()
        let forged: HTTPFields = [
            "lonja-client": "u-2", "lonja-session": "s-2", "lonja-address": "203.0.113.9", "cookie": Fixture.cookie,
        ]
        let answer = await fixture.send(.get, "/profile", forged)
        #expect(answer.text.contains(#""userId":"u-1""#))
        #expect(answer.text.contains("192.0.2.7"))
        let sessions = await fixture.send(.get, "/auth/sessions", forged)
        #expect(sessions.text.contains(#""id":"s-1""#))
        let seen = try #require(fixture.auth.state.metadata.last)
        #expect(seen.values(for: "lonja-client") == ["u-1"])
        #expect(seen["lonja-authenticated"] == "1700000000")
        let person = #"{"givenName":"A","familyName":"B","email":"a@example.com","password":"long enough to do"}"#
        _ = await fixture.send(.post, "/auth/register", forged, person)
        let open = try #require(fixture.auth.state.metadata.last)
        #expect(open["lonja-client"] == nil)
        #expect(open["lonja-address"] == "192.0.2.7")
    }

    @Test func keysMayBeKept() async throws {
        let answer = await (try Fixture()).send(.get, "/auth/jwks.json")
        #expect(answer.status == 200)
        #expect(answer.fields["cache-control"] == "public, max-age=300")
        #expect(answer.text == #"{"keys":[]}"#)
    }

    @Test func aLongBodyIsRefused() async throws {
        let fixture = try Fixture()
        let password = String(repeating: "x", count: 70_000)
        let answer = await fixture.send(
            .post,
            "/auth/login",
            [:],
            #"{"email":"a@b.example","password":"\#(password)"}"#
        )
        #expect(answer.status == 413)
        #expect(fixture.auth.state.logins.isEmpty)
    }
}
