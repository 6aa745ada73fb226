import Foundation
import MailerCompatibility
import OutboxMail
import Plugin
import Reactor
import TestServers

/// A folder.
final class OutboxEnd: MailEnd {
    let folder: TemporaryFolder
    let loops: EventLoopGroup

    init() throws {
        folder = try TemporaryFolder()
        loops = try EventLoopGroup(count: 2)
    }

    func mailer(isKnown: Bool) throws -> any Mailer { try mailer([:]) }

    func mailer(_ change: [String: String]) throws -> OutboxMailer {
        let values = [
            "notification.mail.outbox.folder": folder.file("state/outbox"), "notification.mail.outbox.keep": "1000",
        ].merging(change) { $1 }
        let mailer = try OutboxMailer(context: .test(OutboxMailer.settings, values, loops: loops))
        // The host probes every driver before it serves; here the folder is made by it.
        try FileManager.default.createDirectory(
            atPath: values["notification.mail.outbox.folder"] ?? "",
            withIntermediateDirectories: true
        )
        return mailer
    }

    func received(atLeast count: Int) async throws -> [ReceivedMail] {
        let script = "\(TestPrograms.tests)/MailDriverTests/Servers/parsed_mail.py"
        let decoder = JSONDecoder()
        return try ServerProcess.run([TestPrograms.python(), script, folder.file("state/outbox")])
            .map { try decoder.decode(ReceivedMail.self, from: Data($0.utf8)) }
    }

    var abilities: Set<MailEndAbility> { [] }
    var ownHeaders: Set<String> { [] }
    func stop() { loops.shutdown() }
}
