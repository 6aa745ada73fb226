import Contracts
import Observe
import Plugin
import Postgres
import RPC
import SwiftProtobuf
import Testing

@testable import NotificationService

/// Attack 38.
@Suite struct SecrecyTests {
    @Test func neitherLogsNorMetricsNorAnswersShowSecrets() async throws {
        try await withOutbox { outbox in
            let secrets = ["WXYZ6789", "WXYZ-6789", "tok_SECRET", "anastasia", OutboxFixture.secret]
            outbox.script.answer { message in
                switch message.to.address.split(separator: ".").last.map(String.init) ?? "" {
                case "retry": .retry(after: nil, reason: "451 busy")
                case "dead": .permanentRecipient(reason: "550 no")
                case "fault": .driverFault(until: nil, reason: "401")
                case "lost": .unknownOutcome(reason: "lost")
                default: .accepted(providerID: "id-1")
                }
            }
            var answers: [String] = []
            for domain in ["example.ok", "example.retry", "example.dead", "example.lost", "example.fault"] {
                let proof = OutboxFixture.proof(token: "tok_SECRET", code: "WXYZ6789")
                let request = OutboxFixture.request(
                    to: "anastasia@\(domain)",
                    name: "Anastasia",
                    OutboxFixture.verify(proof)
                )
                try await outbox.send(request)
                var other = request
                other.recipient.name = "Other"
                answers.append("\(String(describing: await outbox.refusal(other)))")
                other.id = "no"
                answers.append("\(String(describing: await outbox.refusal(other)))")
                other.id = request.id
                other.recipient.email = "anastasia@\r\n"
                answers.append("\(String(describing: await outbox.refusal(other)))")
            }
            try await outbox.withWorkers([outbox.worker()]) {
                try await outbox.until("all were tried") { Set(outbox.script.sends.map(\.message.id)).count == 5 }
                try await outbox.until(1, "state = 3")
            }
            let list = try await outbox.service.listDeliveries(.init(), .root())
            answers.append(try list.jsonString())
            let told = outbox.log.all + answers + [outbox.metrics.prometheusText()]
            #expect(outbox.log.all.count >= 2)
            for line in told {
                for secret in secrets { #expect(!line.lowercased().contains(secret.lowercased()), "\(line)") }
            }
        }
    }
}
