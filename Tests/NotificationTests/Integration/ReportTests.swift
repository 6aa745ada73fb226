import Contracts
import Observe
import Plugin
import Postgres
import RPC
import Reactor
import Testing

@testable import NotificationService

/// What the provider reports after it took a mail. Attack 29: only what the driver believes has an effect, and once.
@Suite struct ReportTests {
    private func event(
        _ kind: MailEvent.Kind,
        of mail: String,
        id: String = PostgresUUID.random().description,
        after: Duration = .zero,
        _ reason: String = ""
    ) -> MailEvent {
        MailEvent(id: id, mail: mail, kind: kind, time: WallTime.now().advanced(by: after), reason: reason)
    }

    @discardableResult
    private func report(_ outbox: OutboxFixture, _ events: MailEvent...) async throws -> [Int32] {
        outbox.script.report(events)
        let response = try await outbox.service.reportMails(
            NotificationReportMailsRequest(),
            .root(timeout: .seconds(10))
        )
        return [response.booked, response.passedOver]
    }

    /// A mail that the driver has taken.
    private func sent(_ outbox: OutboxFixture, to address: String = "ana@example.com") async throws -> String {
        let request = OutboxFixture.request(to: address)
        try await outbox.send(request)
        try await outbox.withWorkers([outbox.worker()]) {
            try await outbox.until(1, "id = '\(request.id)' AND state = 2")
        }
        return request.id
    }

    @Test func `events are booked on their mail, each once`() async throws {
        try await withOutbox { outbox in
            let id = try await sent(outbox)
            let events = [event(.processed, of: id), event(.delivered, of: id, after: .seconds(1), "250 OK")]
            #expect(try await report(outbox, events[0], events[1], events[1]) == [2, 1])
            #expect(try await report(outbox, events[1], events[0]) == [0, 2], "attack 29: again, without effect")
            let delivery = try await outbox.delivery(id)
            #expect(delivery.event == "delivered" && delivery.eventReason == "250 OK" && delivery.state == .sent)
            #expect(delivery.hasEventAt)
            // What is older changes nothing any more, but counts.
            #expect(try await report(outbox, event(.deferred, of: id, after: .seconds(-60))) == [1, 0])
            #expect(try await outbox.delivery(id).event == "delivered")
            let text = outbox.metrics.prometheusText()
            #expect(text.contains("lonja_notification_events_total{driver=\"first\",kind=\"delivered\"} 1"))
            #expect(text.contains("lonja_notification_reports_total{result=\"taken\"} 3"))
        }
    }

    @Test func `of many at once that report the same, one counts`() async throws {
        try await withOutbox { outbox in
            let id = try await sent(outbox)
            outbox.script.report([event(.delivered, of: id, id: "same"), event(.bounced, of: id, id: "other")])
            let booked = try await withThrowingTaskGroup(of: Int32.self) { tasks in
                for _ in 0..<16 {
                    tasks.addTask {
                        let request = NotificationReportMailsRequest()
                        return try await outbox.service.reportMails(request, .root(timeout: .seconds(20))).booked
                    }
                }
                return try await tasks.reduce(0, +)
            }
            #expect(booked == 2)
        }
    }

    @Test func `attack 29: what the driver does not believe has no effect`() async throws {
        try await withOutbox { outbox in
            let id = try await sent(outbox)
            for (driver, code, reason) in [
                (FirstMailer.self, RPCError.Code.permissionDenied, "mail-report-forged"),
                (SecondMailer.self, .notFound, "mail-reports-closed"),
            ] as [(any Mailer.Type, RPCError.Code, String)] {
                try await outbox.swap(to: driver)
                let error = await #expect(throws: RPCError.self) {
                    _ = try await outbox.service.reportMails(
                        NotificationReportMailsRequest(),
                        .root(timeout: .seconds(10))
                    )
                }
                #expect(error?.code == code && error?.reason == reason)
            }
            #expect(try await outbox.delivery(id).event.isEmpty)
            let rows = try await outbox.database.query("SELECT count(*) FROM mail_events").decode(Int.self)
            #expect(rows == [0])
        }
    }

    @Test func `events of mails that are none of ours are passed over`() async throws {
        try await withOutbox { outbox in
            let strange = [event(.bounced, of: OutboxFixture.id()), event(.bounced, of: "x'; DROP TABLE mails; --")]
            let (some, none) = (try await report(outbox, strange[0], strange[1]), try await report(outbox))
            #expect(some == [0, 2] && none == [0, 0])
        }
    }

    @Test func `a mail that came back is dead, and no other goes to its address`() async throws {
        try await withOutbox { outbox in
            let id = try await sent(outbox, to: "gone@example.com")
            // One waits for its next attempt, one goes to somebody else.
            outbox.script.answer { _ in .retry(after: .seconds(600), reason: "later") }
            let waiting = OutboxFixture.request(to: "Gone@Example.com")
            let other = OutboxFixture.request(to: "here@example.com")
            try await outbox.send(waiting)
            try await outbox.send(other)
            try await outbox.withWorkers([outbox.worker()]) {
                try await outbox.until(2, "state = 1 AND attempts = 1 AND lease_owner IS NULL")
            }
            #expect(try await report(outbox, event(.bounced, of: id, "550 5.1.1 no such user")) == [1, 0])
            let delivery = try await outbox.delivery(id)
            #expect(delivery.state == .dead && delivery.lastProblem == "it came back: 550 5.1.1 no such user")
            let stopped = try await outbox.delivery(waiting.id)
            #expect(
                stopped.state == .dead
                    && stopped.lastProblem.hasPrefix("not sent: a mail to this address came back on 2")
            )
            #expect(stopped.lastProblem.hasSuffix(": 550 5.1.1 no such user"))
            #expect(try await outbox.delivery(other.id).state == .queued)

            // Whoever asks for another hears nothing of it; nothing is sent.
            outbox.script.answer { _ in .accepted(providerID: "p") }
            let later = OutboxFixture.request(to: "gone@example.com", OutboxFixture.verify())
            #expect(await outbox.refusal(later) == nil)
            #expect(await outbox.refusal(later) == nil, "the same once more")
            #expect(try await outbox.delivery(later.id).state == .dead)
            let sends = outbox.script.sends.count
            try await outbox.withWorkers([outbox.worker()]) {
                let else_ = OutboxFixture.request(to: "third@example.com")
                try await outbox.send(else_)
                try await outbox.until(1, "id = '\(else_.id)' AND state = 2")
            }
            #expect(outbox.script.sends.dropFirst(sends).allSatisfy { $0.message.to.address != "gone@example.com" })
            #expect(outbox.metrics.prometheusText().contains("result=\"suppressed\"} 1"))
            let log = outbox.log.all.joined(separator: "\n")
            #expect(log.contains("a mail was not sent") && !log.contains("gone@"))
        }
    }

    @Test func `an operator's retry sends it, and lets others through`() async throws {
        try await withOutbox { outbox in
            let id = try await sent(outbox, to: "gone@example.com")
            try await report(outbox, event(.bounced, of: id))
            let stopped = OutboxFixture.request(to: "gone@example.com")
            try await outbox.send(stopped)
            var retry = NotificationRetryDeliveryRequest()
            retry.id = stopped.id
            let taken = try await outbox.service.retryDelivery(retry, .root(timeout: .seconds(10)))
            #expect(taken.state == .queued)
            let next = OutboxFixture.request(to: "gone@example.com")
            try await outbox.send(next)
            try await outbox.withWorkers([outbox.worker()]) { try await outbox.until(2, "state = 2") }
            #expect(try await outbox.delivery(next.id).state == .sent)
        }
    }

    @Test func `an address that takes mails again is no longer passed over, nor one whose bounce is old`() async throws
    {
        try await withOutbox { outbox in
            let (first, second) = (
                try await sent(outbox, to: "ana@example.com"), try await sent(outbox, to: "ana@example.com")
            )
            try await report(outbox, event(.bounced, of: first, after: .seconds(-60)))
            try await report(outbox, event(.delivered, of: second, after: .seconds(-90)))
            #expect(try await suppressions(outbox) == 1, "a delivery from before says nothing")
            try await report(outbox, event(.delivered, of: second, after: .seconds(-30)))
            #expect(try await suppressions(outbox) == 0)

            try await report(outbox, event(.bounced, of: second, after: .seconds(-31 * 86_400)))
            _ = try await sent(outbox, to: "ana@example.com")
            _ = try await outbox.outbox.clean()
            #expect(try await suppressions(outbox) == 0)
        }
    }

    @Test func `an address is known after a change of keys too`() async throws {
        try await withOutbox { outbox in
            let id = try await sent(outbox, to: "gone@example.com")
            try await report(outbox, event(.bounced, of: id))
            let keys = ["fedcba9876543210fedcba9876543210", OutboxFixture.secret]
            let replica = try await outbox.outbox(keys: keys)
            let mail = try OutboxMail(OutboxFixture.request(to: "gone@example.com"))
            let acceptance = try await replica.accept(mail, notifying: false, by: nil)
            guard case .suppressed = acceptance else {
                Issue.record("\(acceptance)")
                return
            }
        }
    }

    @Test func `a mail whose attempt had no answer is not sent again once the provider has told of it`() async throws {
        try await withOutbox { outbox in
            outbox.script.answer { _ in .unknownOutcome(reason: "no answer") }
            let request = OutboxFixture.request(OutboxFixture.verify())
            try await outbox.send(request)
            try await outbox.withWorkers([outbox.worker()]) {
                try await outbox.until(1, "state = 1 AND attempts = 1 AND lease_owner IS NULL")
            }
            try await report(outbox, event(.processed, of: request.id))
            let delivery = try await outbox.delivery(request.id)
            #expect(
                delivery.state == .sent && delivery.driver == "first" && delivery.lastProblem.isEmpty
                    && delivery.hasSentAt
            )
            #expect(try await outbox.count("payload IS NULL") == 1)
            #expect(outbox.script.sends.count == 1)
        }
    }

    private func suppressions(_ outbox: OutboxFixture) async throws -> Int {
        try await outbox.database.query("SELECT count(*) FROM suppressions").decode(Int.self).first ?? -1
    }
}
