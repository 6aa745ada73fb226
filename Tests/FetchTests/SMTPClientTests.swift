import Observe
import Reactor
import TestServers
import Testing

@testable import Fetch

/// Against aiosmtpd in a process of its own.
@Suite(.serialized, .timeLimit(.minutes(2))) struct SMTPClientTests {
    @Test(arguments: ["plain", "starttls", "tls"]) func delivers(_ mode: String) async throws {
        try await withMail(mode) { (client, server, _) async throws -> Void in
            let text = "Subject: dots\r\n\r\n.\r\n..\r\n.a\r\nb.\r\n.\r\n"
            let delivery = try await client.send(mail("a", "b", text: text))
            #expect(delivery.reply.code == 250 && delivery.reply.enhanced == EnhancedStatus(2, 0, 0))
            #expect(delivery.reply.text == "queued as 42")
            #expect(delivery.recipients.map(\.isAccepted) == [true, true])
            let lines = try server.settle()
            #expect(lines.count == 1)
            let seen = try #require(lines.first)
            #expect(seen.contains("\"recipients\": [\"a@example.org\", \"b@example.org\"]"))
            #expect(seen.contains("\\r\\n\\r\\n.\\r\\n..\\r\\n.a\\r\\nb.\\r\\n.\\r\\n\""), "dots arrive as they were")
            #expect(seen.contains("\"tls\": \(mode == "starttls")"))
            #expect(seen.contains("\"SIZE=\(text.utf8.count)\""))
        }
    }

    @Test func oneConnectionServesMany() async throws {
        try await withMail("tls") { (client, server, _) async throws -> Void in
            for _ in 0..<5 { _ = try await client.send(mail("a")) }
            let rejected = await client.failure(mail("never"))
            #expect(rejected?.code == .mailRejected)
            _ = try await client.send(mail("a"))
            let peers = try server.settle().map { line in
                line.split(separator: "\"peer\": ").last.map { String($0.prefix { $0 != "," }) }
            }
            #expect(peers.count == 6)
            #expect(Set(peers).count == 1, "a refusal does not end it either")
        }
    }

    @Test func anIdleConnectionSaysGoodBye() async throws {
        try await withMail("tls", [], { $0.idleAge = .milliseconds(300) }) { (client, server, _) async throws -> Void in
            let start = MonotonicTime.now()
            _ = try await client.send(mail("a"))
            #expect(try #require(server.line()).contains("\"sender\""))
            #expect(try #require(server.line()).contains("\"quit\""))
            #expect(start.duration(to: .now()) >= .milliseconds(300), "not before the idle age")
        }
    }

    @Test func aKeptConnectionThatDiedIsReplaced() async throws {
        try await withMail("plain") { (client, _, group) async throws -> Void in
            _ = try await client.send(mail("a"))
            let dropped = await client.failure(mail("dropped"))
            #expect(dropped?.code == .connectionLost, "also on the fresh connection")
            _ = try await client.send(mail("a"))
        }
    }

    @Test func tellsLaterFromNever() async throws {
        try await withMail("plain") { (client, _, _) async throws -> Void in
            let later = await client.failure(mail("later"))
            #expect(later?.code == .mailDeferred && later?.reply?.enhanced == EnhancedStatus(4, 2, 1))
            let never = await client.failure(mail("never"))
            #expect(never?.code == .mailRejected && never?.reply?.code == 550)
            #expect(never?.description.contains("example.org") == false, "no address in a log")
            let many = await client.failure(mail("many"))
            #expect(many?.code == .mailDeferred && many?.reply?.enhanced == EnhancedStatus(4, 5, 3))
            let deferred = await client.failure(mail("defer"))
            #expect(deferred?.code == .mailDeferred && deferred?.reply?.enhanced == EnhancedStatus(4, 7, 1))
            let rejected = await client.failure(mail("reject"))
            #expect(rejected?.code == .mailRejected && rejected?.reply?.text == "spam")
            let bye = await client.failure(mail("goodbye"))
            #expect(bye?.code == .mailDeferred && bye?.reply?.code == 421)
            let all = await client.failure(mail("a", "never", "later"))
            #expect(all?.code == .mailRejected)
            #expect(all?.recipients.map { $0.reply?.code } == [250, 550, 450])
            let some = try await client.send(mail("a", "never", "later", partial: true))
            #expect(some.recipients.map { $0.reply?.code } == [250, 550, 450])
            #expect(some.recipients.map(\.isAccepted) == [true, false, false])
        }
    }

    @Test func aLossAfterTheMessageIsUnknown() async throws {
        try await withMail("tls") { (client, _, _) async throws -> Void in
            let lost = await client.failure(mail("lost"))
            #expect(lost?.code == .outcomeUnknown)
            // The connection is there, so that the deadline is long enough for the message to go.
            _ = try await client.send(mail("a"))
            let silent = await client.failure(mail("silent"), soon(.seconds(2)))
            #expect(silent?.code == .outcomeUnknown)
            _ = try await client.send(mail("a"))
        }
    }

    @Test func speaksBeyondASCII() async throws {
        try await withMail("starttls") { (client, server, _) async throws -> Void in
            var message = mail("jörg", text: "Subject: x\r\n\r\ngrüße\r\n")
            message.recipients.append("用户@例子.广告")
            _ = try await client.send(message)
            let seen = try #require(server.line())
            #expect(
                seen.contains("\"BODY=8BITMIME\"") && seen.contains("\"SMTPUTF8\"") && seen.contains("\"utf8\": true")
            )
        }
        try await withMail("plain", ["no8bit", "noutf8"]) { (client, _, _) async throws -> Void in
            let international = await client.failure(mail("jörg"))
            #expect(international?.code == .notOffered && international?.message.contains("SMTPUTF8") == true)
            let bytes = await client.failure(mail("a", text: "grüße\r\n"))
            #expect(bytes?.code == .notOffered && bytes?.message.contains("8BITMIME") == true)
        }
    }

    @Test(arguments: SMTPCredentials.Mechanism.allCases)
    func authenticates(_ mechanism: SMTPCredentials.Mechanism) async throws {
        let good = mechanism == .xoauth2 ? "token" : "pass wörd"
        for (secret, isGood) in [(good, true), ("wrong", false)] {
            try await withMail(
                "starttls",
                ["auth"],
                {
                    $0.credentials = SMTPCredentials(user: "user", secret: Secret(secret), mechanism: mechanism)
                }
            ) { (client, server, _) async throws -> Void in
                let error = await client.failure(mail("a"))
                #expect(error?.code == (isGood ? nil : .authenticationFailed), "\(String(describing: error))")
                #expect(isGood || error?.reply?.code == 535)
                #expect(try #require(server.line()).contains("\"auth\": \"\(mechanism.rawValue)\""))
            }
        }
    }

    @Test func credentialsNeedTLS() async throws {
        let credentials = SMTPCredentials(user: "user", secret: Secret("pass wörd"))
        try await withMail("plain", ["auth", "auth-plain-text"], { $0.credentials = credentials }) {
            (client, server, _) async throws -> Void in
            let error = await client.failure(mail("a"))
            #expect(error?.code == .tlsNotOffered)
            #expect(try server.settle() == [], "nothing was said")
        }
        try await withMail(
            "plain",
            ["auth", "auth-plain-text"],
            {
                $0.credentials = credentials
                $0.allowsCredentialsWithoutTLS = true
            }
        ) { (client, _, _) async throws -> Void in
            try await client.probe()
            _ = try await client.send(mail("a"))
        }
    }

    @Test func startTLSIsRequired() async throws {
        try await withMail("plain", [], { $0.security = .startTLS }) { (client, server, _) async throws -> Void in
            let error = await client.failure(mail("a"))
            #expect(error?.code == .tlsNotOffered, "\(String(describing: error))")
            #expect(try server.settle() == [], "nothing was sent")
        }
    }

    @Test(arguments: ["starttls", "tls"]) func tellsCertificatesApart(_ mode: String) async throws {
        for (name, code) in [
            (.expired, .certificateExpired), (.wrong, .certificateWrongHost),
            (.foreign, .certificateUnknownAuthority),
            (.selfSigned, .certificateSelfSigned),
        ] as [(Certificates.Kind, FetchError.Code)] {
            try await withMail(mode, certificate: name) { (client, server, _) async throws -> Void in
                let error = await client.failure(mail("a"))
                #expect(error?.code == code, "\(name): \(String(describing: error))")
                #expect(try server.settle() == [])
            }
        }
    }

    @Test func plainIsForLoopback() async throws {
        let group = try EventLoopGroup(count: 1)
        defer { group.shutdown() }
        var configuration = SMTPClientConfiguration(host: "192.0.2.1", port: 25, security: .plainToLoopback)
        configuration.connectTimeout = .seconds(2)
        let client = SMTPClient(group: group, configuration: configuration)
        let error = await client.failure(mail("a"))
        #expect(error?.code == .addressRefused)
    }

    @Test func manyWaitForFewConnections() async throws {
        try await withMail("tls", [], { $0.connections = 3 }) { (client, _, _) async throws -> Void in
            let delivered = try await withThrowingTaskGroup(of: Int.self) { tasks in
                for _ in 0..<100 { tasks.addTask { try await client.send(mail("a")).reply.code } }
                return try await tasks.reduce(into: 0) { $0 += $1 == 250 ? 1 : 0 }
            }
            #expect(delivered == 100)
            let counts = try await client.connectionCounts()
            #expect(counts[0] <= 3)
        }
    }

    @Test func cancellationAndDeadlines() async throws {
        try await withMail("plain") { (client, server, _) async throws -> Void in
            let task = Task { await client.failure(mail("silent")) }
            #expect(try #require(server.line()).contains("silent@"), "it has the message")
            let waiting = await client.failure(mail("a"), soon(.milliseconds(200)))
            #expect(waiting?.code == .deadlineExceeded, "it waits for the one connection")
            task.cancel()
            #expect(await task.value?.code == .outcomeUnknown)
            _ = try await client.send(mail("a"))
        }
    }
}
