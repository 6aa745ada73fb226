import ArgumentParser
import Contracts
import RPC

/// `lonja mails retry ID`: takes a dead mail up again.
struct MailsRetryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retry",
        abstract: "Takes dead mails up again, with a new schedule."
    )

    @Argument(help: "Ids of dead mails, as `lonja mails --state dead` lists them.")
    var ids: [String]

    @OptionGroup var service: NotificationOptions

    func run() async throws {
        try await self.service.withClient { client in
            for id in self.ids {
                var request = NotificationRetryDeliveryRequest()
                request.id = id
                let mail = try await client.retryDelivery(request, .root(timeout: NotificationOptions.patience))
                print(MailsListCommand.line(mail))
            }
        }
    }
}
