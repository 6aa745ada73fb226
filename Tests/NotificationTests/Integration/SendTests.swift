import Contracts
import Postgres
import RPC
import Reactor
import Testing

@testable import NotificationService

@Suite struct SendTests {
    @Test func anIDStandsForOneMail() async throws {
        try await withOutbox { outbox in
            let request = OutboxFixture.request(OutboxFixture.verify())
            try await outbox.send(request)
            try await outbox.send(request)
            var upper = request
            upper.id = request.id.uppercased()
            try await outbox.send(upper)
            #expect(try await outbox.count("true") == 1)

            var other = request
            other.recipient.email = "eve@example.com"
            let refusal = await outbox.refusal(other)
            #expect(refusal?.code == .alreadyExists)
            #expect(refusal?.reason == "mail-id-taken")
            other = request
            other.mail.kind = OutboxFixture.verify(OutboxFixture.proof(code: "ZZZZ9999"))
            #expect(await outbox.refusal(other)?.code == .alreadyExists)

            // The same holds when it is sent and nothing of the content is left.
            try await outbox.withWorkers([outbox.worker()]) { try await outbox.until(1, "state = 2") }
            try await outbox.send(request)
            #expect(await outbox.refusal(other)?.code == .alreadyExists)
            #expect(outbox.script.sends.count == 1)
        }
    }

    @Test func requestsOfOneIDAtOnceMakeOneMail() async throws {
        try await withOutbox { outbox in
            let request = OutboxFixture.request()
            let refusals = await withTaskGroup(of: RPCError?.self) { tasks in
                for _ in 0..<50 { tasks.addTask { await outbox.refusal(request) } }
                return await tasks.reduce(into: [RPCError]()) { if let error = $1 { $0.append(error) } }
            }
            #expect(refusals.isEmpty, "\(refusals)")
            let count = try await outbox.count("true")
            #expect(count == 1)
        }
    }

    @Test func anAddressIsSentSoManyAnHour() async throws {
        try await withOutbox(limits: RecipientLimits(perHour: 30, perDay: 100)) { outbox in
            let addresses = ["ana@example.com", "ANA@example.com", "Ana@EXAMPLE.com"]
            let refusals = await withTaskGroup(of: RPCError?.self) { tasks in
                for index in 0..<100 {
                    let request = OutboxFixture.request(to: addresses[index % 3])
                    tasks.addTask { await outbox.refusal(request) }
                }
                return await tasks.reduce(into: [RPCError]()) { if let error = $1 { $0.append(error) } }
            }
            #expect(refusals.count == 70, "a hundred at once are counted one by one")
            #expect(refusals.allSatisfy { $0.code == .resourceExhausted && $0.reason == "too-many-mails" })
            #expect(refusals.allSatisfy { $0.retryAfter.map { $0 > .seconds(3500) && $0 <= .seconds(3600) } == true })
            let count = try await outbox.count("true")
            #expect(count == 30)
            #expect(
                await outbox.refusal(OutboxFixture.request(to: "ben@example.com")) == nil,
                "others are not concerned"
            )
        }
    }

    @Test func aMailSentBeforeCountsOnce() async throws {
        try await withOutbox(limits: RecipientLimits(perHour: 2, perDay: 100)) { outbox in
            let request = OutboxFixture.request()
            for _ in 0..<10 { try await outbox.send(request) }
            #expect(await outbox.refusal(OutboxFixture.request()) == nil)
            #expect(await outbox.refusal(OutboxFixture.request())?.code == .resourceExhausted)
            #expect(await outbox.refusal(request) == nil, "what was accepted stays so")
        }
    }

    @Test func anHourLaterThereIsRoomUntilTheDayIsFull() async throws {
        try await withOutbox(limits: RecipientLimits(perHour: 3, perDay: 5)) { outbox in
            for _ in 0..<3 { try await outbox.send(OutboxFixture.request()) }
            #expect(await outbox.refusal(OutboxFixture.request())?.code == .resourceExhausted)
            try await outbox.database.execute(
                "UPDATE recipients SET hour_began = hour_began - interval '61 minutes', day_began = day_began - interval '61 minutes'"
            )
            for _ in 0..<2 { try await outbox.send(OutboxFixture.request()) }
            let refusal = await outbox.refusal(OutboxFixture.request())
            #expect(refusal?.code == .resourceExhausted)
            let pause = try #require(refusal?.retryAfter)
            #expect(pause > .seconds(22 * 3600) && pause < .seconds(23 * 3600), "the rest of the day")
            try await outbox.database.execute("UPDATE recipients SET day_began = day_began - interval '1 day'")
            #expect(await outbox.refusal(OutboxFixture.request()) == nil)
        }
    }

    /// What the database holds is of no use to who reads it, and is gone once the mail is.
    @Test func nothingSecretStandsInTheDatabase() async throws {
        try await withOutbox { outbox in
            let id = OutboxFixture.id()
            let proof = OutboxFixture.proof(token: "tok_SECRET", code: "WXYZ6789")
            try await outbox.send(
                OutboxFixture.request(id, to: "ana.secret@example.com", name: "Anastasia", OutboxFixture.verify(proof))
            )
            try await noSecrets(outbox, ["tok_SECRET", "WXYZ6789", "WXYZ-6789", "ana.secret", "Anastasia"])
            #expect(try await outbox.count("payload IS NOT NULL AND octet_length(payload) > 60") == 1)
            try await outbox.withWorkers([outbox.worker()]) { try await outbox.until(1, "state = 2") }
            #expect(try await outbox.count("payload IS NULL") == 1)
            try await noSecrets(outbox, ["tok_SECRET", "WXYZ6789", "ana.secret", "Anastasia"])
        }
    }

    private func noSecrets(_ outbox: OutboxFixture, _ secrets: [String]) async throws {
        for table in ["mails", "recipients", "outbox_keys"] {
            let rows = try await outbox.database.query(
                "SELECT t::text, encode(convert_to(t::text, 'UTF8'), 'escape') FROM \(identifier: table) AS t"
            )
            for (text, _) in try rows.decode(String.self, String.self) {
                for secret in secrets {
                    let hex = secret.utf8.map { String($0, radix: 16) }.joined()
                    #expect(!text.contains(secret) && !text.contains(hex), "\(secret) in \(table)")
                }
            }
        }
    }
}
