import Contracts
import HTTP
import RPC
import Testing

@testable import GatewayService

@Suite struct GoogleTests {
    private static let flow = "lonja-flow=flow-token; Max-Age=600; Path=/; HttpOnly; SameSite=Lax"
    private static let noFlow = "lonja-flow=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax"

    @Test func theStartSetsTheFlowAndSendsAway() async throws {
        let answer = await (try Fixture()).send(.get, "/auth/google?next=/wallet")
        #expect(answer.status == 302)
        #expect(answer.fields["location"] == "https://issuer.example/authorize?next=7")
        #expect(answer.cookies == [Self.flow])
        #expect(answer.fields["cache-control"] == "no-store")
    }

    /// Attack 11: a victim opens the address that Google sent the attacker back to.
    @Test(arguments: ["", "lonja-flow=", "lonja-flow=a; lonja-flow=b", "__Host-lonja-flow=a"])
    func `attack 11: nothing counts without the flow`(cookie: String) async throws {
        let fixture = try Fixture()
        fixture.auth.change { $0.finishAnswer.login = FakeAuth.login() }
        let answer = await fixture.send(.get, "/auth/google/callback?code=c&state=s", ["cookie": cookie])
        #expect(answer.status == 400)
        #expect(
            answer.fields["content-type"] == "application/problem+json" && answer.text.contains(#""code":"no-flow""#)
        )
        #expect(answer.cookies == [Self.noFlow])
        #expect(fixture.auth.state.finishes.isEmpty)
        // A browser is led on to the page that says so.
        let fields: HTTPFields = ["cookie": cookie, "accept": "text/html,application/xhtml+xml"]
        let page = await fixture.send(.get, "/auth/google/callback?code=c&state=s", fields)
        #expect(page.status == 400 && page.fields["content-type"] == "text/html; charset=utf-8")
        #expect(page.text.contains(#"content="0;url=/login?error=no-flow""#))
        #expect(page.fields["content-security-policy"] == "default-src 'none'")
        #expect(page.cookies == [Self.noFlow])
        #expect(fixture.auth.state.finishes.isEmpty)
    }

    @Test func theCallbackOpensASession() async throws {
        let fixture = try Fixture()
        fixture.auth.change {
            $0.finishAnswer.login = FakeAuth.login()
            $0.finishAnswer.next = "/wallet?a=b"
        }
        let target = "/auth/google/callback?code=c%2Fd&state=s&iss=https://i.example&scope=openid&authuser=0"
        let cookie = "lonja-flow=f; lonja=old; lonja-device=d"
        let answer = await fixture.send(.get, target, ["cookie": cookie, "sec-fetch-site": "cross-site"])
        #expect(answer.status == 302)
        #expect(answer.fields["location"] == "/wallet?a=b")
        #expect(answer.cookies.count == 3)
        #expect(answer.cookies.contains("lonja=fresh-token; Path=/; HttpOnly; SameSite=Lax"))
        #expect(answer.cookies.contains(Self.noFlow))
        let asked = try #require(fixture.auth.state.finishes.first)
        #expect(asked.code == "c/d" && asked.state == "s" && asked.issuer == "https://i.example")
        #expect(asked.flowToken == "f" && asked.replacedToken == "old" && asked.deviceToken == "d")
    }

    /// Attack 12.
    @Test(
        arguments: [
            "//evil.example", "/\\evil.example", "\\\\evil", "https:evil", "https://evil.example", "/\t/evil", "",
            "/a\r\nset-cookie: x=y", "evil", "/a b", "javascript:alert(1)",
        ]
    )
    func `attack 12: no redirect leaves us`(next: String) async throws {
        let fixture = try Fixture()
        fixture.auth.change {
            $0.finishAnswer.login = FakeAuth.login()
            $0.finishAnswer.next = next
        }
        let answer = await fixture.send(.get, "/auth/google/callback?code=c&state=s", ["cookie": "lonja-flow=f"])
        #expect(answer.fields["location"] == "/")
    }

    @Test func anAccountThatMustBeLinkedKeepsTheTicket() async throws {
        let fixture = try Fixture()
        fixture.auth.change { $0.finishAnswer.flowToken = "ticket" }
        let answer = await fixture.send(.get, "/auth/google/callback?code=c&state=s", ["cookie": "lonja-flow=f"])
        #expect(answer.fields["location"] == "/login?link=google")
        #expect(answer.cookies == ["lonja-flow=ticket; Max-Age=600; Path=/; HttpOnly; SameSite=Lax"])

        let without = await fixture.send(.post, "/auth/google/link", [:], #"{"password":"p"}"#)
        #expect(without.status == 400)
        let forged = await fixture.send(.post, "/auth/google/link", [:], #"{"password":"p","flowToken":"ticket"}"#)
        #expect(forged.status == 422)
        let fields: HTTPFields = ["cookie": "lonja-flow=ticket"]
        let linked = await fixture.send(.post, "/auth/google/link", fields, #"{"code":"ABCD-EFGH"}"#)
        #expect(linked.status == 200)
        #expect(linked.text.contains(#""csrfToken""#) && !linked.text.contains("fresh-token"))
        #expect(linked.cookies.contains(Self.noFlow))
        #expect(fixture.auth.state.links.map(\.flowToken) == ["ticket"])
    }

    @Test(
        arguments: [
            (RPCError(.failedPrecondition, "x", reason: "google-other-account"), "google-other-account"),
            (RPCError(.invalidArgument, "x", reason: "login-denied"), "login-denied"),
            (RPCError(.invalidArgument, "x", reason: "login-email-unverified"), "login-email-unverified"),
            (RPCError(.unavailable, "x"), "unavailable"), (RPCError(.internalError, "secret"), "internal"),
        ]
    )
    func anErrorGoesToTheLoginPage(error: RPCError, reason: String) async throws {
        let fixture = try Fixture()
        fixture.auth.change { $0.finishFailure = error }
        let answer = await fixture.send(.get, "/auth/google/callback?error=denied", ["cookie": "lonja-flow=f"])
        #expect(answer.status == 302)
        #expect(answer.fields["location"] == "/login?error=\(reason)")
        #expect(answer.cookies == [Self.noFlow])
    }

    @Test(
        arguments: [
            "login-flow-expired", "login-state-mismatch", "login-issuer-mismatch", "login-failed", "login-code-refused",
            "login-token-refused",
        ]
    )
    func `attack 13: what is no answer to this login is 400`(reason: StaticString) async throws {
        let fixture = try Fixture()
        fixture.auth.change { $0.finishFailure = RPCError(.invalidArgument, "it is none", reason: reason) }
        let answer = await fixture.send(.get, "/auth/google/callback?code=c&state=s", ["cookie": "lonja-flow=f"])
        #expect(answer.status == 400)
        #expect(answer.text.contains(#""code":"\#(reason)""#) && answer.text.contains("it is none"))
        #expect(answer.fields["location"] == nil)
        #expect(answer.cookies == [Self.noFlow])
        let twice = await fixture.send(.get, "/auth/google/callback?code=a&code=b", ["cookie": "lonja-flow=f"])
        #expect(twice.status == 400)
    }
}
