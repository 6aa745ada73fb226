import Contracts
import Observe
import Plugin
import Postgres
import RPC
import Reactor
import Testing

@testable import NotificationService

@Suite struct OperatorTests {
    private func list(
        _ outbox: OutboxFixture,
        _ state: NotificationDeliveryState = .unspecified,
        size: Int32 = 0,
        cursor: String = ""
    ) async throws -> NotificationListDeliveriesResponse {
        var request = NotificationListDeliveriesRequest()
        request.state = state
        request.pageSize = size
        request.cursor = cursor
        return try await outbox.service.listDeliveries(request, .root(timeout: .seconds(10)))
    }

    private func retry(_ outbox: OutboxFixture, _ id: String) async throws -> NotificationDelivery {
        var request = NotificationRetryDeliveryRequest()
        request.id = id
        return try await outbox.service.retryDelivery(request, .root(timeout: .seconds(10)))
    }

    private func refusal(_ body: () async throws -> Void) async -> RPCError? {
        do {
            try await body()
            return nil
        } catch {
            return RPCError(mapping: error)
        }
    }

    @Test func mailsAreListedNewestFirstInPages() async throws {
        try await withOutbox { outbox in
            var ids: [String] = []
            for index in 0..<7 {
                let request = OutboxFixture.request(to: "user\(index)@example.com")
                ids.append(request.id)
                try await outbox.send(request)
            }
            var seen: [String] = []
            var cursor = ""
            var pages = 0
            repeat {
                let page = try await list(outbox, size: 3, cursor: cursor)
                // What comes between two pages does not shift them.
                try await outbox.send(OutboxFixture.request(to: "later\(pages)@example.com"))
                seen += page.items.map(\.id)
                cursor = page.nextCursor
                pages += 1
            } while !cursor.isEmpty
            #expect(seen == ids.reversed())
            #expect(pages == 3)
            #expect(try await list(outbox).items.count == 10)
            for size in [Int32(-1), 201] {
                #expect(await refusal { _ = try await list(outbox, size: size) }?.code == .invalidArgument)
            }
            #expect(await refusal { _ = try await list(outbox, cursor: "x") }?.code == .invalidArgument)
        }
    }

    @Test func deadMailsAreListedAndTakenUpAgain() async throws {
        try await withOutbox { outbox in
            outbox.script.answer { message in
                message.to.address.hasPrefix("bad")
                    ? .permanentRecipient(reason: "550 5.1.1 no such user") : .accepted(providerID: "")
            }
            let bad = OutboxFixture.request(to: "bad-address@example.com", OutboxFixture.verify())
            try await outbox.send(bad)
            try await outbox.send(OutboxFixture.request())
            try await outbox.withWorkers([outbox.worker()]) {
                try await outbox.until(1, "state = 3")
                try await outbox.until(1, "state = 2")
            }
            let dead = try await list(outbox, .dead)
            #expect(dead.items.map(\.id) == [bad.id])
            let item = try #require(dead.items.first)
            #expect(item.state == .dead && item.attempts == 1 && item.kind == "verify-email")
            #expect(item.lastProblem == "550 5.1.1 no such user" && item.recipient == "b…s@example.com")
            #expect(!item.hasNextAttemptAt && !item.hasSentAt)
            #expect(try await list(outbox, .sent).items.count == 1)
            #expect(try await list(outbox, .queued).items.isEmpty)

            let again = try await retry(outbox, bad.id)
            #expect(again.state == .queued && again.attempts == 0)
            let second = await refusal { _ = try await retry(outbox, bad.id) }
            #expect(second?.code == .failedPrecondition && second?.reason == "mail-not-dead")
            outbox.script.answer { _ in .accepted(providerID: "ok") }
            try await outbox.withWorkers([outbox.worker()]) { try await outbox.until(2, "state = 2") }
            let messages = outbox.script.sends.map(\.message).filter { $0.id == bad.id }
            #expect(messages.count == 2 && Set(messages.map(\.messageID)).count == 1)
            #expect(messages.allSatisfy { $0.text.contains("ABCD-2345") })
        }
    }

    @Test func whatIsNotThereIsNotFound() async throws {
        try await withOutbox { outbox in
            #expect(await refusal { _ = try await outbox.delivery(OutboxFixture.id()) }?.code == .notFound)
            #expect(await refusal { _ = try await outbox.delivery("x") }?.code == .invalidArgument)
            #expect(await refusal { _ = try await retry(outbox, OutboxFixture.id()) }?.code == .notFound)
            #expect(await refusal { _ = try await retry(outbox, "") }?.code == .invalidArgument)
        }
    }

    @Test func previewsShowEveryKind() async throws {
        try await withOutbox { outbox in
            for kind in MailKind.allCases {
                for language in ["en", "es"] {
                    var request = NotificationPreviewMailRequest()
                    request.kind = kind.rawValue
                    request.language = language
                    let preview = try await outbox.service.previewMail(request, .root())
                    #expect(
                        !preview.subject.isEmpty && preview.text.contains("Ana")
                            && preview.html.hasPrefix("<!DOCTYPE html>")
                    )
                    request.name = "Beatriz"
                    #expect(try await outbox.service.previewMail(request, .root()).text.contains("Beatriz"))
                }
            }
            var request = NotificationPreviewMailRequest()
            request.kind = "newsletter"
            let error = await refusal { _ = try await outbox.service.previewMail(request, .root()) }
            #expect(error?.code == .invalidArgument && error?.message.contains("verify-email, account-exists") == true)
            #expect(outbox.script.sends.isEmpty)
            #expect(try await outbox.count("true") == 0)
        }
    }

    @Test func keysAreReplacedWithoutLosingMails() async throws {
        let old = OutboxFixture.secret
        let new = "fedcba9876543210fedcba9876543210"
        try await withOutbox(keys: [old]) { outbox in
            let request = OutboxFixture.request(OutboxFixture.verify())
            try await outbox.send(request)
            // A replica that has only the new key gives it up, and says why; an operator adds the old and takes it up.
            let blind = try await outbox.outbox(keys: [new])
            try await outbox.withWorkers([outbox.worker(outbox: blind)]) { try await outbox.until(1, "state = 3") }
            #expect(try await outbox.delivery(request.id).lastProblem.contains("notification.outbox.key"))
            #expect(outbox.script.sends.isEmpty)
            let both = try await outbox.outbox(keys: [new, old])
            _ = try await retry(outbox, request.id)
            try await outbox.withWorkers([outbox.worker(outbox: both)]) { try await outbox.until(1, "state = 2") }
            #expect(outbox.script.sends.count == 1)
            // The same request is still known by the old key's hash.
            let mail = try OutboxMail(request)
            #expect(try await both.accept(mail, notifying: false, by: nil) == .known)
        }
    }

    @Test func withoutAKeyOneIsKeptInTheDatabase() async throws {
        try await withOutbox(keys: []) { outbox in
            #expect(outbox.log.all.contains { $0.hasPrefix("warning") && $0.contains("notification.outbox.key") })
            try await outbox.send(OutboxFixture.request(OutboxFixture.verify()))
            // Another replica finds the same; one with a key of its own can still open what this one sealed.
            let replica = try await outbox.outbox(keys: [])
            #expect(replica.keys.keyring.current.id == outbox.outbox.keys.keyring.current.id)
            let configured = try await outbox.outbox(keys: [OutboxFixture.secret])
            #expect(configured.keys.keyring.current.id != replica.keys.keyring.current.id)
            try await outbox.withWorkers([outbox.worker(outbox: configured)]) { try await outbox.until(1, "state = 2") }
        }
    }

    @Test func theQueueIsCounted() async throws {
        try await withOutbox { outbox in
            outbox.script.answer { message in
                switch message.to.address.prefix(3) {
                case "bad": .permanentRecipient(reason: "no")
                case "wai": .retry(after: .seconds(600), reason: "later")
                default: .accepted(providerID: "")
                }
            }
            for name in ["good1", "good2", "bad1", "wait1", "wait2"] {
                try await outbox.send(OutboxFixture.request(to: "\(name)@example.com"))
            }
            try await outbox.withWorkers([outbox.worker { $0.poll = .milliseconds(20) }]) {
                try await outbox.until(2, "state = 2")
                try await outbox.until(2, "state = 1 AND lease_owner IS NULL AND attempts = 1")
                try await outbox.until("it is counted") {
                    let text = outbox.metrics.prometheusText()
                    return text.contains("lonja_notification_mails{state=\"queued\"} 2")
                        && text.contains("lonja_notification_mails{state=\"dead\"} 1")
                }
            }
            let text = outbox.metrics.prometheusText()
            for line in [
                "lonja_notification_oldest_due_seconds 0",
                "lonja_notification_sends_total{driver=\"first\",outcome=\"accepted\"} 2",
                "lonja_notification_sends_total{driver=\"first\",outcome=\"retry\"} 2",
                "lonja_notification_sends_total{driver=\"first\",outcome=\"permanent-recipient\"} 1",
                "lonja_notification_endings_total{kind=\"password-changed\",state=\"dead\"} 1",
                "lonja_notification_requests_total{kind=\"password-changed\",result=\"accepted\"} 5",
            ] { #expect(text.contains(line), "\(line)") }
            #expect(try await outbox.outbox.depth() == Outbox.Depth(queued: 2, leased: 0, dead: 1, oldestDue: nil))
        }
    }
}
