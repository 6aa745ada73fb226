import ArgumentParser

/// `lonja mails`: what the notification service has sent, has not, and could.
struct MailsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mails",
        abstract: "Lists mails, takes dead ones up again, and shows what mails look like.",
        subcommands: [MailsListCommand.self, MailsRetryCommand.self, MailsPreviewCommand.self],
        defaultSubcommand: MailsListCommand.self
    )
}
