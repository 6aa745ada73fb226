import Contracts
import Plugin
import Postgres
import RPC
import Reactor
import Synchronization
import Testing

@testable import NotificationService

@Suite struct DeliveryTests {
    @Test func aMailGoesFromRequestToDriver() async throws {
        try await withOutbox { outbox in
            let id = OutboxFixture.id()
            try await outbox.send(OutboxFixture.request(id, to: "Ana.Lopez@Example.COM", OutboxFixture.verify()))
            #expect(try await outbox.delivery(id).state == .queued)
            try await outbox.withWorkers([outbox.worker()]) { try await outbox.until(1, "state = 2") }
            let send = try #require(outbox.script.sends.first)
            #expect(outbox.script.sends.count == 1)
            #expect(send.message.id == id)
            #expect(send.message.messageID == "<\(id)@lonja.example>")
            #expect(send.message.to.address == "Ana.Lopez@example.com")
            #expect(send.message.from.address == "no-reply@lonja.example")
            #expect(send.message.attempt == 1)
            #expect(send.message.category == "verify-email")
            #expect(send.message.text.contains("ABCD-2345"))
            #expect(send.message.text.contains("https://lonja.example/verify-email?token=tok_EN-1"))
            let delivery = try await outbox.delivery(id)
            #expect(delivery.state == .sent)
            #expect(delivery.driver == "first")
            #expect(delivery.providerID == "p")
            #expect(delivery.attempts == 1)
            #expect(delivery.recipient == "A…z@example.com")
            #expect(delivery.hasSentAt && delivery.hasAcceptedAt && !delivery.hasNextAttemptAt)
        }
    }
}
