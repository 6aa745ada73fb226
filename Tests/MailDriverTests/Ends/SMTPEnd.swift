import MailerCompatibility
import Plugin
import Reactor
import SMTPMail
import TestServers

/// A private mail server: aiosmtpd.
final class SMTPEnd: MailEnd {
    /// A line about somebody who logged in.
    struct Login: Decodable {
        let auth: String
        let tls: Bool
    }

    let folder: TemporaryFolder
    let port: UInt16
    private let server: ServerProcess
    private let mode: String
    private let loops: EventLoopGroup
    private let certificates: Certificates

    init(_ mode: String = "starttls", certificate: Certificates.Kind = .good, _ options: [String] = ["auth"]) throws {
        certificates = try Certificates.shared()
        folder = try TemporaryFolder()
        self.mode = mode
        let arguments = [folder.file("log"), mode] + certificates.files(certificate) + options
        server = try ServerProcess.python("MailDriverTests/Servers/smtp_server.py", arguments)
        port = try server.port()
        loops = try EventLoopGroup(count: 2)
    }

    func mailer(isKnown: Bool) throws -> any Mailer {
        try mailer(["notification.mail.smtp.password": isKnown ? "pass word" : "wrong-secret"])
    }

    /// A driver with some settings changed; nil takes one away.
    func mailer(_ change: [String: String?]) throws -> SMTPMailer {
        var values = [
            "notification.mail.smtp.host": "localhost",
            "notification.mail.smtp.port": "\(port)",
            "notification.mail.smtp.security": mode == "plain" ? "none" : mode,
            "notification.mail.smtp.user": "lonja",
            "notification.mail.smtp.password": "pass word",
            "notification.mail.smtp.certificateAuthorities": certificates.authority,
            "notification.mail.smtp.clientName": "client.lonja.example",
        ]
        for (key, value) in change { values[key] = value }
        return try SMTPMailer(context: .test(SMTPMailer.settings, values, loops: loops))
    }

    func received(atLeast count: Int) async throws -> [ReceivedMail] {
        try folder.lines("log", as: ReceivedMail.self)
    }

    func logins() throws -> [Login] { try folder.lines("log", as: Login.self) }

    var abilities: Set<MailEndAbility> { Set(MailEndAbility.allCases) }
    var ownHeaders: Set<String> { ["X-Peer", "X-MailFrom", "X-RcptTo"] }
    func stop() { loops.shutdown() }
}
