import Fetch
import Glibc
import MailerCompatibility
import Plugin
import Reactor
import TestServers
import Testing

@testable import SMTPMail

/// What is SMTP's own, against aiosmtpd.
@Suite(.serialized, .timeLimit(.minutes(3))) struct SMTPTests {
    private func with(
        _ mode: String = "starttls",
        certificate: Certificates.Kind = .good,
        _ options: [String] = ["auth"],
        _ body: (SMTPEnd) async throws -> Void
    ) async throws {
        let end = try SMTPEnd(mode, certificate: certificate, options)
        defer { end.stop() }
        try await body(end)
    }

    @Test(
        arguments: [
            ("host", nil, "notification.mail.smtp.host is not set"),
            ("host", "", "notification.mail.smtp.host is not set"),
            ("host", "a/b", "no host name"), ("password", nil, "set together"), ("user", nil, "set together"),
            ("clientName", "a b", "no host name"),
        ] as [(String, String?, String)]
    )
    func `settings that cannot work are named`(_ key: String, _ value: String?, _ piece: String) async throws {
        try await with { end in
            let error = #expect(throws: SMTPSettings.Invalid.self) {
                try end.mailer(["notification.mail.smtp.\(key)": value])
            }
            #expect(error?.description.contains(piece) == true, "\(String(describing: error))")
        }
    }

    /// Attack 28.
    @Test(arguments: [Certificates.Kind.wrong, .expired, .selfSigned]) func `a bad certificate gets no credentials`(
        _ kind: Certificates.Kind
    )
        async throws
    {
        for mode in ["starttls", "tls"] {
            try await with(mode, certificate: kind) { end in
                let mailer = try end.mailer([:])
                await #expect(throws: FetchError.self) { try await mailer.probe() }
                let outcome = await mailer.send(try TestMail.to("ana"), nil)
                #expect(
                    outcome.label == "driver-fault" && outcome.reason?.contains("certificate") == true,
                    "\(outcome)"
                )
                #expect(try end.logins().isEmpty)
            }
        }
    }

    /// Attack 28: STARTTLS stripped.
    @Test func `no STARTTLS, no mail`() async throws {
        try await with("plain", ["auth"]) { end in
            let mailer = try end.mailer(["notification.mail.smtp.security": "starttls"])
            await #expect(throws: FetchError.self) { try await mailer.probe() }
            let outcome = await mailer.send(try TestMail.to("ana"), nil)
            #expect(outcome.label == "driver-fault", "\(outcome)")
            let arrived = try await end.received(atLeast: 0)
            #expect(try end.logins().isEmpty && arrived.isEmpty)
        }
    }

    @Test func `without TLS only to loopback and without credentials`() async throws {
        try await with("plain", []) { end in
            let open = try end.mailer(["notification.mail.smtp.user": nil, "notification.mail.smtp.password": nil])
            try await open.probe()
            #expect(await open.send(try TestMail.to("ana"), nil).label == "accepted")
            let closed = try end.mailer([:])
            await #expect(throws: FetchError.self) { try await closed.probe() }
            #expect(try end.logins().isEmpty)
        }
    }

    @Test func `spent credit at AUTH is the driver's fault`() async throws {
        try await with("starttls", ["busy-auth"]) { end in
            let mailer = try end.mailer([:])
            let outcome = await mailer.send(try TestMail.to("ana"), nil)
            #expect(outcome.label == "driver-fault", "\(outcome)")
            #expect(outcome.reason?.contains("Maximum credits exceeded") == true)
        }
    }

    @Test(arguments: [
        ("greylist", "retry"), ("relay", "driver-fault"), ("policy", "permanent-recipient"),
        ("spam", "permanent-message"),
        ("defer", "retry"), ("full", "permanent-recipient"),
    ])
    func `every refusal has its outcome`(_ name: String, _ label: String) async throws {
        try await with { end in
            let outcome = await (try end.mailer([:])).send(try TestMail.to(name), nil)
            #expect(outcome.label == label, "\(outcome)")
            if name == "greylist" {
                guard case .retry(let after, _) = outcome else { return }
                #expect(after == .seconds(300))
            }
        }
    }

    @Test func `an address beyond ASCII needs a server for it`() async throws {
        try await with("starttls", ["auth", "noutf8"]) { end in
            let outcome = await (try end.mailer([:])).send(try TestMail.to("jörg"), nil)
            #expect(outcome.label == "permanent-recipient", "\(outcome)")
        }
        try await with { end in
            let outcome = await (try end.mailer([:])).send(try TestMail.to("jörg"), nil)
            #expect(outcome.label == "accepted", "\(outcome)")
            let arrived = try await end.received(atLeast: 1)
            #expect(arrived.map(\.recipients) == [["jörg@example.com"]])
        }
    }

    @Test func `a mail too large for the server is refused unsent`() async throws {
        try await with { end in
            let text = String(repeating: "ñ", count: 500_000)
            let outcome = await (try end.mailer([:])).send(try TestMail.to("ana", text: text, html: text), nil)
            #expect(outcome.label == "permanent-message", "\(outcome)")
        }
    }

    @Test func `a sender the server does not allow is no mail's fault`() async throws {
        try await with { end in
            let mail = try MailMessage(
                id: TestMail.id(),
                from: MailAddress("banned@lonja.example"),
                to: MailAddress("ana@example.com"),
                subject: "x",
                text: "x",
                category: "x",
                language: "en",
                date: TestMail.date
            )
            let outcome = await (try end.mailer([:])).send(mail, nil)
            #expect(outcome.label == "driver-fault", "\(outcome)")
        }
    }

    /// Attack 28: servers that speak, but not SMTP.
    @Test(arguments: ["banner", "slow", "after-220", "loop", "silent", "garbage"])
    func `a hostile server gets no credentials and holds nothing`(_ kind: String) async throws {
        let certificates = try Certificates.shared()
        let folder = try TemporaryFolder()
        let arguments = [folder.file("log"), kind] + certificates.files(.good)
        let server = try ServerProcess.python("MailDriverTests/Servers/hostile_smtp.py", arguments)
        let port = try server.port()
        let group = try EventLoopGroup(count: 1)
        defer { group.shutdown() }
        let values = [
            "notification.mail.smtp.host": "localhost", "notification.mail.smtp.port": "\(port)",
            "notification.mail.smtp.user": "lonja", "notification.mail.smtp.password": "pass word",
            "notification.mail.smtp.certificateAuthorities": certificates.authority,
        ]
        let mailer = try SMTPMailer(context: .test(SMTPMailer.settings, values, loops: group))
        let start = MonotonicTime.now()
        let outcome = await mailer.send(try TestMail.to("ana"), start.advanced(by: .seconds(2)))
        let isWaiting = ["slow", "silent"].contains(kind)
        #expect(outcome.label == "driver-fault" || isWaiting && outcome.label == "retry", "\(kind): \(outcome)")
        #expect(start.duration(to: .now()) < .seconds(4))
        await mailer.close()
        struct Line: Decodable { let secret: Bool }
        let lines = try folder.lines("log", as: Line.self)
        #expect(!lines.contains { $0.secret && kind != "loop" }, "credentials were sent")
        withExtendedLifetime(server) {}
    }

    @Test(.enabled(if: getuid() == 0, "Postfix's master starts as root alone"))
    func `Postfix takes nothing from strangers, and that is no recipient's fault`() async throws {
        let end = try PostfixEnd()
        defer { end.stop() }
        let outcome = await (try end.mailer(user: nil, password: nil)).send(try TestMail.to("ana"), nil)
        #expect(outcome.label == "driver-fault", "\(outcome)")
    }
}
