import ArgumentParser
import Contracts
import HostCore
import RPC
import SwiftProtobuf

/// `lonja mails [--state dead]`: the newest mails, one a line.
struct MailsListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "Lists the newest mails, one a line: id, state, attempts, kind, recipient, driver, last event,"
            + " last problem."
    )

    enum State: String, CaseIterable, ExpressibleByArgument {
        case queued, sent, dead, expired

        var contract: NotificationDeliveryState {
            switch self {
            case .queued: .queued
            case .sent: .sent
            case .dead: .dead
            case .expired: .expired
            }
        }
    }

    @Option(help: "Only mails of this state: queued, sent, dead or expired.")
    var state: State?

    @Option(help: "How many, the newest first.")
    var limit = 50

    @OptionGroup var service: NotificationOptions

    func validate() throws {
        guard (1...100_000).contains(self.limit) else { throw ValidationError("--limit is 1 to 100000") }
    }

    func run() async throws {
        try await self.service.withClient { client in
            var request = NotificationListDeliveriesRequest()
            request.state = self.state?.contract ?? .unspecified
            var left = self.limit
            repeat {
                request.pageSize = Int32(min(200, left))
                let page = try await client.listDeliveries(request, .root(timeout: NotificationOptions.patience))
                for item in page.items { print(Self.line(item)) }
                left -= page.items.count
                request.cursor = page.nextCursor
            } while !request.cursor.isEmpty && left > 0
        }
    }

    /// Separated by tabulators, so that cut(1) and awk(1) take it.
    static func line(_ mail: NotificationDelivery) -> String {
        let state =
            switch mail.state {
            case .queued: "queued"
            case .sent: "sent"
            case .dead: "dead"
            case .expired: "expired"
            case .unspecified, .UNRECOGNIZED: "unknown"
            }
        let driver = [mail.driver, mail.providerID].filter { !$0.isEmpty }.joined(separator: "/")
        let event = [mail.event, mail.eventReason].filter { !$0.isEmpty }.joined(separator: ": ")
        let fields = [mail.id, state, "\(mail.attempts)", mail.kind, mail.recipient, driver, event, mail.lastProblem]
        // What a server said is not to move the cursor.
        return fields.map { field in
            let safe = field.unicodeScalars.map { $0.properties.generalCategory == .control ? " " : Character($0) }
            return safe.isEmpty ? "-" : String(safe)
        }.joined(separator: "\t")
    }
}
