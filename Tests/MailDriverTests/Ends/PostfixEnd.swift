import MailerCompatibility
import Plugin
import Reactor
import SMTPMail
import TestServers

/// A real Postfix, which passes what it takes on to aiosmtpd, where it is read.
final class PostfixEnd: MailEnd {
    private let folder: TemporaryFolder
    private let certificates: Certificates
    private let sink: ServerProcess
    private let postfix: PostfixServer
    private let loops: EventLoopGroup

    init() throws {
        certificates = try Certificates.shared()
        folder = try TemporaryFolder()
        let files = certificates.files(.good)
        sink = try ServerProcess.python(
            "MailDriverTests/Servers/smtp_server.py",
            [folder.file("log"), "plain"] + files
        )
        postfix = try PostfixServer(files, messageSizeLimit: 5_000_000, sink: try sink.port())
        loops = try EventLoopGroup(count: 2)
    }

    func mailer(isKnown: Bool) throws -> any Mailer {
        try mailer(user: PostfixServer.user, password: isKnown ? PostfixServer.password : "wrong-secret")
    }

    func mailer(user: String?, password: String?) throws -> SMTPMailer {
        var values = [
            "notification.mail.smtp.host": "localhost",
            "notification.mail.smtp.port": "\(postfix.port)",
            "notification.mail.smtp.certificateAuthorities": certificates.authority,
            "notification.mail.smtp.clientName": "client.lonja.example",
            // The mails below come at once; a real queue takes its time.
            "notification.mail.smtp.connections": "4",
        ]
        values["notification.mail.smtp.user"] = user
        values["notification.mail.smtp.password"] = password
        return try SMTPMailer(context: .test(SMTPMailer.settings, values, loops: loops))
    }

    func received(atLeast count: Int) async throws -> [ReceivedMail] {
        let until = MonotonicTime.now().advanced(by: .seconds(30))
        while true {
            let all = try folder.lines("log", as: ReceivedMail.self)
            if all.count >= count || MonotonicTime.now() > until { return all }
            let loop = loops.next()
            try await loop.run { try await loop.sleep(for: .milliseconds(20)) }
        }
    }

    var abilities: Set<MailEndAbility> { [.refusesRecipients, .defersRecipients, .checksCredentials] }
    var ownHeaders: Set<String> { ["Received", "X-Peer", "X-MailFrom", "X-RcptTo"] }
    func stop() { loops.shutdown() }
}
