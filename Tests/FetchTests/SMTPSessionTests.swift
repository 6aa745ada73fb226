import Observe
import Testing

@testable import Fetch

@Suite struct SMTPSessionTests {
    private let ehlo = SMTPReply(
        code: 250,
        lines: ["mail.example greets", "SIZE 1000", "8BITMIME", "SMTPUTF8", "PIPELINING", "AUTH PLAIN LOGIN XOAUTH2"]
    )
    private let modest = SMTPReply(code: 250, lines: ["mail.example"])

    private func ok(_ code: Int = 250) -> SMTPReply { SMTPReply(code: code, lines: ["ok"]) }

    /// What the actions amount to, in words.
    private func words(_ actions: [SMTPSession.Action]) -> [String] {
        actions.map { action in
            switch action {
            case .send(let pieces): String(decoding: pieces.joined(), as: UTF8.self).replacing("\r\n", with: "|")
            case .ready: "ready"
            case .delivered(let delivery): "delivered \(delivery.reply.code)"
            case .failed(let error): "failed \(error.code)"
            }
        }
    }

    private func message(_ recipients: [String], partial: Bool = false) -> SMTPMessage {
        SMTPMessage(
            sender: "a@b.example",
            recipients: recipients,
            content: Array("x\r\n".utf8),
            allowsPartialDelivery: partial
        )
    }

    private func open(_ ehlo: SMTPReply) -> SMTPSession {
        var session = SMTPSession(host: "mail.example")
        #expect(words(session.opened(ehlo, nil, mayAuthenticate: true)) == ["ready"])
        return session
    }

    @Test func sendsInOneGoWherePipeliningIsOffered() throws {
        var session = open(ehlo)
        let mail = message(["c@d.example", "e@f.example"])
        let first = "MAIL FROM:<a@b.example> SIZE=3|RCPT TO:<c@d.example>|RCPT TO:<e@f.example>|"
        #expect(words(session.begin(mail, try mail.check())) == [first])
        #expect(words(session.received(ok())).isEmpty)
        #expect(words(session.received(ok())).isEmpty)
        #expect(words(session.received(ok())) == ["DATA|"])
        #expect(words(session.received(ok(354))) == ["x|.|"])
        #expect(words(session.received(ok())) == ["delivered 250"])
        #expect(session.isUsable)
        #expect(words(session.begin(mail, try mail.check())) == ["RSET|" + first], "what was before is cleared")
    }

    @Test func asksOneByOneOtherwise() throws {
        var session = open(modest)
        let mail = message(["c@d.example", "e@f.example"])
        #expect(words(session.begin(mail, try mail.check())) == ["MAIL FROM:<a@b.example>|"])
        #expect(words(session.received(ok())) == ["RCPT TO:<c@d.example>|"])
        #expect(words(session.received(ok())) == ["RCPT TO:<e@f.example>|"])
        #expect(words(session.received(ok())) == ["DATA|"])
    }

    @Test(
        arguments: [
            ([250, 550], false, "failed mailRejected"), ([250, 450], false, "failed mailDeferred"),
            ([550, 450], false, "failed mailRejected"), ([550, 450], true, "failed mailDeferred"),
            ([550, 550], true, "failed mailRejected"), ([250, 550], true, "DATA|"), ([250, 450], true, "DATA|"),
        ] as [([Int], Bool, String)]
    )
    func tellsRecipientsApart(_ codes: [Int], _ partial: Bool, _ expected: String) throws {
        var session = open(ehlo)
        let mail = message(["c@d.example", "e@f.example"], partial: partial)
        _ = session.begin(mail, try mail.check())
        _ = session.received(ok())
        _ = session.received(ok(codes[0]))
        let actions = session.received(ok(codes[1]))
        #expect(words(actions) == [expected])
        if case .failed(let error) = actions.first {
            #expect(error.recipients.map { $0.reply?.code } == codes)
            #expect(session.isUsable)
        }
    }

    @Test func lossIsUnknownOnlyBehindTheWholeMessage() throws {
        let lost = FetchError(.connectionLost, "lost")
        let mail = message(["c@d.example"])
        for (replies, hasSentAll, expected) in [
            ([], true, "failed connectionLost"), ([250], true, "failed connectionLost"),
            ([250, 250], true, "failed connectionLost"), ([250, 250, 354], false, "failed connectionLost"),
            ([250, 250, 354], true, "failed outcomeUnknown"),
        ] as [([Int], Bool, String)] {
            var session = open(ehlo)
            _ = session.begin(mail, try mail.check())
            for code in replies { _ = session.received(ok(code)) }
            #expect(words(session.interrupted(lost, hasSentAll: hasSentAll)) == [expected])
            #expect(!session.isUsable)
            #expect(words(session.interrupted(lost, hasSentAll: hasSentAll)).isEmpty)
        }
    }

    @Test func goodByeAndNoiseEndTheSession() throws {
        let mail = message(["c@d.example"])
        var session = open(ehlo)
        _ = session.begin(mail, try mail.check())
        #expect(words(session.received(ok(421))) == ["failed mailDeferred"])
        #expect(!session.isUsable)
        var noisy = open(ehlo)
        #expect(words(noisy.received(ok())).isEmpty)
        #expect(!noisy.isUsable)
    }

    @Test func needsWhatTheServerMustOffer() throws {
        var session = open(modest)
        var mail = message(["c@d.example"])
        mail.content = Array("grüße\r\n".utf8)
        #expect(words(session.begin(mail, try mail.check())) == ["failed notOffered"])
        mail = message(["é@d.example"])
        #expect(words(session.begin(mail, try mail.check())) == ["failed notOffered"])
        var able = open(ehlo)
        mail.content = Array("grüße\r\n".utf8)
        #expect(
            words(able.begin(mail, try mail.check()))[0].hasPrefix(
                "MAIL FROM:<a@b.example> SIZE=9 BODY=8BITMIME SMTPUTF8|"
            )
        )
        var small = open(ehlo)
        mail.content = Array(String(repeating: "x\r\n", count: 400).utf8)
        #expect(words(small.begin(mail, try mail.check())) == ["failed mailRejected"])
        #expect(small.isUsable)
    }

    @Test func authenticates() {
        let secret = Secret("pass")
        func start(_ mechanism: SMTPCredentials.Mechanism?, _ ehlo: SMTPReply, safe: Bool = true) -> (
            SMTPSession, [String]
        ) {
            var session = SMTPSession(host: "mail.example")
            let credentials = SMTPCredentials(user: "user", secret: secret, mechanism: mechanism)
            let actions = session.opened(ehlo, credentials, mayAuthenticate: safe)
            return (session, words(actions))
        }
        var (plain, first) = start(nil, ehlo)
        #expect(first == ["AUTH PLAIN AHVzZXIAcGFzcw==|"])
        #expect(words(plain.received(ok(235))) == ["ready"])
        let onlyLogin = SMTPReply(code: 250, lines: ["x", "AUTH LOGIN"])
        var (login, second) = start(nil, onlyLogin)
        #expect(second == ["AUTH LOGIN|"])
        #expect(words(login.received(ok(334))) == ["dXNlcg==|"])
        #expect(words(login.received(ok(334))) == ["cGFzcw==|"])
        #expect(words(login.received(ok(334))) == ["*|"], "a server that asks for ever")
        #expect(words(login.received(ok(535))) == ["failed authenticationFailed"])
        #expect(!login.isUsable)
        var (token, third) = start(.xoauth2, ehlo)
        #expect(third == ["AUTH XOAUTH2 dXNlcj11c2VyAWF1dGg9QmVhcmVyIHBhc3MBAQ==|"])
        #expect(words(token.received(ok(334))) == ["|"])
        #expect(words(token.received(ok(535))) == ["failed authenticationFailed"])
        #expect(start(.xoauth2, onlyLogin).1 == ["failed notOffered"])
        #expect(start(nil, modest).1 == ["failed notOffered"])
        #expect(start(nil, ehlo, safe: false).1 == ["failed tlsNotOffered"], "nothing is sent")
        #expect(SMTPAuthentication.base64("") == "" && SMTPAuthentication.base64("ab") == "YWI=")
        #expect(SMTPAuthentication.base64("abc") == "YWJj")
    }
}
