import ArgumentParser
import Contracts
import RPC

/// `lonja mails preview KIND`: what a mail looks like.
struct MailsPreviewCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "preview",
        abstract: "Shows what a mail of a kind looks like, without sending it."
    )

    @Argument(help: "The kind, as verify-email; a wrong one names them all.")
    var kind: String

    @Option(help: "en or es.")
    var language = "en"

    @Option(help: "Who it greets.")
    var name = ""

    @Flag(help: "The HTML, to be opened in a browser, instead of subject and text.")
    var html = false

    @OptionGroup var service: NotificationOptions

    func run() async throws {
        try await self.service.withClient { client in
            var request = NotificationPreviewMailRequest()
            request.kind = self.kind
            request.language = self.language
            request.name = self.name
            let mail = try await client.previewMail(request, .root(timeout: NotificationOptions.patience))
            print(self.html ? mail.html : "Subject: \(mail.subject)\n\n\(mail.text)", terminator: "")
        }
    }
}
