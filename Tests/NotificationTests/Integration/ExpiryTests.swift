import Contracts
import Plugin
import Postgres
import RPC
import Reactor
import Testing

@testable import NotificationService

@Suite struct ExpiryTests {
    @Test func whatHasExpiredIsNeverSent() async throws {
        try await withOutbox { outbox in
            let id = OutboxFixture.id()
            try await outbox.send(OutboxFixture.request(id, OutboxFixture.verify(OutboxFixture.proof(life: -1))))
            try await outbox.withWorkers([outbox.worker()]) {
                try await outbox.until(1, "state = 4 AND payload IS NULL")
            }
            #expect(outbox.script.sends.isEmpty)
            let delivery = try await outbox.delivery(id)
            #expect(delivery.state == .expired && delivery.attempts == 0)
            var retry = NotificationRetryDeliveryRequest()
            retry.id = id
            await #expect(throws: RPCError.self) { try await outbox.service.retryDelivery(retry, .root()) }
        }
    }

    @Test func aMailThatWaitsForItsNextAttemptExpiresToo() async throws {
        try await withOutbox { outbox in
            outbox.script.answer { _ in .retry(after: .seconds(600), reason: "greylisted") }
            try await outbox.send(OutboxFixture.request(OutboxFixture.verify(OutboxFixture.proof(life: 2))))
            try await outbox.send(OutboxFixture.request(to: "ben@example.com"))
            try await outbox.withWorkers([outbox.worker()]) {
                try await outbox.until(1, "state = 4 AND payload IS NULL AND last_problem = 'greylisted'")
            }
            #expect(outbox.script.sends.count == 2, "the notice and the code once each")
            #expect(try await outbox.count("state = 1") == 1, "a notice does not expire")
        }
    }

    @Test func aCodeThatExpiresBetweenLeaseAndSendIsNotSent() async throws {
        try await withOutbox { outbox in
            // The notice to the address holds up the code, leased together with it, until that is over.
            let first = OutboxFixture.id()
            outbox.script.answer { message in
                if message.id == first {
                    let loop = outbox.group.loops[0]
                    try? await loop.run { try await loop.sleep(for: .milliseconds(1500)) }
                }
                return .accepted(providerID: "")
            }
            try await outbox.send(OutboxFixture.request(first))
            try await outbox.send(OutboxFixture.request(OutboxFixture.verify(OutboxFixture.proof(life: 1))))
            try await outbox.withWorkers([outbox.worker()]) {
                try await outbox.until(1, "state = 4")
                try await outbox.until(1, "state = 2")
            }
            #expect(outbox.script.sends.map(\.message.id) == [first])
            #expect(try await outbox.count("state = 4 AND attempts = 0 AND payload IS NULL") == 1)
        }
    }

    @Test func theContentOfADeadCodeGoesWhenItExpires() async throws {
        try await withOutbox { outbox in
            outbox.script.answer { _ in .permanentRecipient(reason: "550 no such user") }
            let id = OutboxFixture.id()
            try await outbox.send(OutboxFixture.request(id, OutboxFixture.verify(OutboxFixture.proof(life: 3))))
            try await outbox.withWorkers([outbox.worker()]) {
                try await outbox.until(1, "state = 3 AND payload IS NOT NULL")
                try await outbox.until(1, "state = 3 AND payload IS NULL")
            }
            var retry = NotificationRetryDeliveryRequest()
            retry.id = id
            do {
                _ = try await outbox.service.retryDelivery(retry, .root())
                Issue.record("taken up")
            } catch let error as RPCError {
                #expect(error.code == .failedPrecondition && error.reason == "mail-content-gone")
            }
        }
    }

    @Test func whatIsOldIsRemoved() async throws {
        try await withOutbox { outbox in
            for name in ["a1", "b1", "c1", "d1"] {
                try await outbox.send(OutboxFixture.request(to: "\(name)@example.com"))
            }
            try await outbox.database.execute(
                """
                UPDATE mails SET state = (ARRAY[1, 2, 3, 2])[seq], finished_at = CASE WHEN seq > 1 THEN now() - interval '31 days' END,
                    accepted_at = now() - interval '31 days'
                """
            )
            try await outbox.database.execute("UPDATE mails SET finished_at = now() - interval '29 days' WHERE seq = 4")
            try await outbox.database.execute("UPDATE recipients SET day_began = day_began - interval '25 hours'")
            #expect(try await outbox.outbox.clean() == 2)
            let left = try await outbox.database.query("SELECT seq FROM mails ORDER BY seq").decode(Int.self)
            #expect(left == [1, 4], "what is queued stays, however old")
            #expect(try await outbox.database.query("SELECT FROM recipients").isEmpty)
        }
    }
}
