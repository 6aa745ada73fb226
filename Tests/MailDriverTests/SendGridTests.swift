import MailerCompatibility
import Plugin
import Reactor
import TestServers
import Testing

@testable import SendGridMail

/// What is SendGrid's own, against a server that checks as strictly as SendGrid does.
@Suite(.serialized, .timeLimit(.minutes(2))) struct SendGridTests {
    private func with(_ options: [String] = [], _ body: (SendGridEnd) async throws -> Void) async throws {
        let end = try SendGridEnd(options)
        defer { end.stop() }
        try await body(end)
    }

    @Test func `the key needs the right to send`() async throws {
        try await with(["no-mail-scope"]) { end in
            let mailer = try end.mailer([:])
            let error = await #expect(throws: SendGridMailer.Unfit.self) { try await mailer.probe() }
            #expect(error?.description.contains("mail.send") == true)
        }
    }

    @Test func `what is not SendGrid fails the probe`() async throws {
        try await with { end in
            let mailer = try end.mailer(["notification.mail.sendgrid.url": "http://127.0.0.1:\(end.port)/other"])
            await #expect(throws: SendGridMailer.Unfit.self) { try await mailer.probe() }
        }
    }

    @Test(arguments: [
        ("http://sendgrid.example", "loopback"), ("ftp://x", "no http"), ("nonsense", "no http"), ("", "no http"),
    ])
    func `a url that is none, or would show the key, is refused`(_ url: String, _ piece: String) async throws {
        try await with { end in
            let error = #expect(throws: SendGridSettings.Invalid.self) {
                try end.mailer(["notification.mail.sendgrid.url": url])
            }
            #expect(error?.description.contains(piece) == true, "\(String(describing: error))")
        }
    }

    @Test func `a missing key is named`() async throws {
        try await with { end in
            let error = #expect(throws: SendGridSettings.Invalid.self) {
                try end.mailer(["notification.mail.sendgrid.key": ""])
            }
            #expect(error?.description.contains("notification.mail.sendgrid.key is not set") == true)
        }
    }

    @Test(arguments: [
        ("credits", "driver-fault", "Maximum credits"), ("forbidden", "driver-fault", "Sender Identity"),
        ("sender", "driver-fault", "Sender Identity"), ("missing", "driver-fault", "404"),
        ("method", "driver-fault", "405"), ("accept", "driver-fault", "406"), ("large", "permanent-message", "413"),
        ("limit", "driver-fault", "limit"), ("sandbox", "driver-fault", "200"), ("broken", "retry", "500"),
    ])
    func `every refusal has its outcome`(_ name: String, _ label: String, _ piece: String) async throws {
        try await with { end in
            let outcome = await (try end.mailer([:])).send(try TestMail.to(name), nil)
            #expect(outcome.label == label && outcome.reason?.contains(piece) == true, "\(outcome)")
            #expect(outcome.reason?.contains("@") == false)
        }
    }

    @Test func `the limit's end is the fault's end`() async throws {
        try await with { end in
            let mailer = try end.mailer([:])
            for (name, range) in [("limit", 25...31), ("forever-limit", 890...900)] {
                let outcome = await mailer.send(try TestMail.to(name), nil)
                guard case .driverFault(let until?, _) = outcome else {
                    Issue.record("\(outcome)")
                    continue
                }
                #expect(range.contains(Int(MonotonicTime.now().duration(to: until).components.seconds)))
            }
        }
    }

    @Test func `five failures spare SendGrid for a while`() async throws {
        try await with { end in
            let mailer = try end.mailer([:])
            for _ in 0..<5 { #expect(await mailer.send(try TestMail.to("broken"), nil).label == "retry") }
            let outcome = await mailer.send(try TestMail.to("ana"), nil)
            guard case .driverFault(let until?, _) = outcome else {
                Issue.record("\(outcome)")
                return
            }
            #expect((25...30).contains(Int(MonotonicTime.now().duration(to: until).components.seconds)))
            #expect(try await end.received(atLeast: 0).isEmpty)
        }
    }

    @Test func `nobody there is no unknown outcome`() async throws {
        try await with { end in
            let mailer = try end.mailer([
                "notification.mail.sendgrid.url": "http://127.0.0.1:\(try LoopbackPort.free())"
            ])
            #expect(await mailer.send(try TestMail.to("ana"), nil).label == "retry")
        }
    }
}
