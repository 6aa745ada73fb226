import Contracts
import HTTP
import RPC
import Synchronization
import Testing

@testable import GatewayService

/// Attack 29, the gateway's part: whoever calls has no session, so nothing is believed and little is held.
@Suite struct MailHookTests {
    private static let signed: HTTPFields = [
        "x-twilio-email-event-webhook-signature": "c2ln", "x-twilio-email-event-webhook-timestamp": "1700000000",
        "cookie": Fixture.cookie, "authorization": "Bearer k", "x-forwarded-for": "203.0.113.9",
        "content-type": "application/json",
    ]

    @Test func `bytes are passed on as they came, without what is meant for us`() async throws {
        let fixture = try Fixture()
        let body = "[ {\"a\":1 }]\r\n"
        let answer = await fixture.send(.post, "/hooks/mail", Self.signed, body)
        #expect(answer.status == 204 && answer.text.isEmpty)
        let report = try #require(fixture.notification.state.reports.first)
        #expect(Array(report.body) == Array(body.utf8))
        #expect(
            report.fields.map { "\($0.name): \($0.value)" } == [
                "x-twilio-email-event-webhook-signature: c2ln", "x-twilio-email-event-webhook-timestamp: 1700000000",
            ]
        )
        #expect(fixture.auth.state.verified == 0, "no session is asked for")
    }

    @Test(arguments: [
        (RPCError(.notFound, "none", reason: "mail-reports-closed"), 404, "mail-reports-closed"),
        (RPCError(.unauthenticated, "unsigned", reason: "mail-report-unsigned"), 401, "mail-report-unsigned"),
        (RPCError(.permissionDenied, "forged", reason: "mail-report-forged"), 403, "mail-report-forged"),
        (RPCError(.permissionDenied, "stale", reason: "mail-report-stale"), 403, "mail-report-stale"),
        (RPCError(.invalidArgument, "no array", reason: "mail-report-malformed"), 400, "mail-report-malformed"),
        (RPCError(.unavailable, "away"), 503, "unavailable"),
    ])
    func `attack 29: what the driver refuses is refused`(_ error: RPCError, _ status: Int, _ code: String) async throws
    {
        let fixture = try Fixture()
        fixture.notification.change { $0.failure = error }
        let answer = await fixture.send(.post, "/hooks/mail", Self.signed, "[]")
        #expect(
            answer.status == status && answer.text.contains(#""code":"\#(code)""#),
            "\(answer.status) \(answer.text)"
        )
    }

    @Test func `attack 29: what is oversized is not passed on`() async throws {
        let fixture = try Fixture()
        let answer = await fixture.send(.post, "/hooks/mail", Self.signed, String(repeating: " ", count: (1 << 20) + 1))
        #expect(answer.status == 413)
        var fields = Self.signed
        fields["x-filler"] = String(repeating: "x", count: 9000)
        #expect(await fixture.send(.post, "/hooks/mail", fields, "[]").status == 400)
        fields = Self.signed
        for number in 0..<40 { fields["x-field-\(number)"] = "x" }
        #expect(await fixture.send(.post, "/hooks/mail", fields, "[]").status == 400)
        #expect(fixture.notification.state.reports.isEmpty)
    }

    @Test func `a page of another site cannot post here, and nobody can read`() async throws {
        let fixture = try Fixture()
        var fields = Self.signed
        fields["origin"] = "https://evil.example"
        #expect(await fixture.send(.post, "/hooks/mail", fields, "[]").status == 403)
        #expect(await fixture.send(.get, "/hooks/mail").status == 405)
        #expect(await fixture.send(.post, "/hooks/mail?a=b", Self.signed, "[]").status == 400)
        #expect(fixture.notification.state.reports.isEmpty)
    }

    @Test(.timeLimit(.minutes(1))) func `attack 29: a flood is turned away`() async throws {
        let fixture = try Fixture()
        let over = Flag()
        fixture.notification.change { $0.during = { while !over.isSet { await Task.yield() } } }
        let statuses = await withTaskGroup(of: Int.self) { tasks in
            for _ in 0..<40 { tasks.addTask { await fixture.send(.post, "/hooks/mail", Self.signed, "[]").status } }
            var statuses: [Int] = []
            while statuses.count < 40 - MailHookRoute.mostAtOnce, let status = await tasks.next() {
                statuses.append(status)
            }
            over.set()
            for await status in tasks { statuses.append(status) }
            return statuses
        }
        #expect(statuses.filter { $0 == 429 }.count == 8 && statuses.filter { $0 == 204 }.count == 32, "\(statuses)")
        #expect(await fixture.send(.post, "/hooks/mail", Self.signed, "[]").status == 204)
    }
}

private final class Flag: Sendable {
    private let value = Mutex(false)

    var isSet: Bool { value.withLock { $0 } }

    func set() { value.withLock { $0 = true } }
}
