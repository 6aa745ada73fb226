import MailerCompatibility
import Plugin
import Reactor
import SendGridMail
import TestServers

/// SendGrid's API, spoken by a local server.
final class SendGridEnd: MailEnd {
    let folder: TemporaryFolder
    let port: UInt16
    private let server: ServerProcess
    private let loops: EventLoopGroup

    init(_ options: [String] = []) throws {
        folder = try TemporaryFolder()
        server = try ServerProcess.python(
            "MailDriverTests/Servers/sendgrid_server.py",
            [folder.file("log"), "SG.good-secret"] + options
        )
        port = try server.port()
        loops = try EventLoopGroup(count: 2)
    }

    func mailer(isKnown: Bool) throws -> any Mailer {
        try mailer(["notification.mail.sendgrid.key": isKnown ? "SG.good-secret" : "SG.wrong-secret"])
    }

    /// A driver with some settings changed.
    func mailer(_ change: [String: String]) throws -> SendGridMailer {
        let values = [
            "notification.mail.sendgrid.url": "http://127.0.0.1:\(port)",
            "notification.mail.sendgrid.key": "SG.good-secret",
        ].merging(change) { $1 }
        return try SendGridMailer(context: .test(SendGridMailer.settings, values, loops: loops))
    }

    func received(atLeast count: Int) async throws -> [ReceivedMail] {
        try folder.lines("log", as: ReceivedMail.self)
    }

    var abilities: Set<MailEndAbility> { Set(MailEndAbility.allCases) }
    var ownHeaders: Set<String> { [] }
    func stop() { loops.shutdown() }
}
