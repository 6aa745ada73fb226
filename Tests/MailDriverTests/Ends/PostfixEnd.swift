import Foundation
import Glibc
import MailerCompatibility
import Plugin
import Reactor
import SMTPMail

/// A real Postfix, which passes what it takes on to aiosmtpd, where it is read.
final class PostfixEnd: MailEnd {
    let port: UInt16
    private let folder: TemporaryFolder
    private let certificates: Certificates
    private let sink: ServerProcess
    private let postfix: ServerProcess
    private let loops: EventLoopGroup

    init() throws {
        _ = try ServerProcess.program("postfix", package: "postfix")
        _ = try ServerProcess.program("saslpasswd2", package: "sasl2-bin (and libsasl2-modules)")
        certificates = try Certificates.shared()
        folder = try TemporaryFolder()
        let files = certificates.files("good")
        sink = try ServerProcess.python("smtp_server.py", [folder.file("log"), "plain"] + files)
        let sinkPort = try sink.port()
        port = ServerProcess.freePort()
        let script = "\(ServerProcess.tests)MailDriverTests/Servers/postfix.sh"
        let log = folder.file("postfix.log")
        // Into a file: a pipe that nobody reads would fill, and Postfix wait for it.
        let arguments = ["/bin/sh", "-c", "exec sh \"$@\" >\(log)", "sh", script, folder.file("postfix"), "\(port)"]
        postfix = try ServerProcess(arguments + files + ["\(sinkPort)"])
        for _ in 0..<600 {
            if (try? String(contentsOfFile: log, encoding: .utf8))?.contains("daemon started") == true { break }
            usleep(20_000)
        }
        loops = try EventLoopGroup(count: 2)
    }

    func mailer(isKnown: Bool) throws -> any Mailer {
        try mailer(user: "lonja@mail.example", password: isKnown ? "pass word" : "wrong-secret")
    }

    func mailer(user: String?, password: String?) throws -> SMTPMailer {
        var values = [
            "notification.mail.smtp.host": "localhost",
            "notification.mail.smtp.port": "\(port)",
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
