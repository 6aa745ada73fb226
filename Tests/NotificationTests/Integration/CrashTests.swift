import Contracts
import Foundation
import Plugin
import Postgres
import Reactor
import Testing

@testable import NotificationService

/// Attack 35. A crash is a worker whose task is cancelled: nothing of it is written any more.
@Suite struct CrashTests {
    private static let lease = Duration.milliseconds(1500)

    @Test func aCrashBetweenAcceptanceAndLeaseLosesNothing() async throws {
        try await withOutbox { outbox in
            try await outbox.send(OutboxFixture.request())
            // Nobody ran. The next worker finds it.
            try await outbox.withWorkers([outbox.worker()]) { try await outbox.until(1, "state = 2") }
            #expect(outbox.script.sends.count == 1)
        }
    }

    @Test func aCrashBetweenLeaseAndSendLosesNothing() async throws {
        try await withOutbox { outbox in
            try await outbox.send(OutboxFixture.request())
            let dead = PostgresUUID.random()
            let start = MonotonicTime.now()
            #expect(try await outbox.outbox.claim(dead, most: 10, retries: 10, lease: Self.lease).count == 1)
            try await outbox.withWorkers([outbox.worker()]) { try await outbox.until(1, "state = 2") }
            #expect(start.duration(to: outbox.script.sends[0].time) >= Self.lease, "not before the lease ended")
            #expect(outbox.script.sends.count == 1)
        }
    }

    @Test func aCrashDuringASendMayDoubleItUnderTheSameMessageID() async throws {
        try await withOutbox { outbox in
            outbox.script.answer { _ in
                let loop = outbox.group.loops[0]
                // Cut off by the crash: the provider may have it.
                guard (try? await loop.run { try await loop.sleep(for: .seconds(30)) }) != nil else {
                    return .unknownOutcome(reason: "cut off")
                }
                return .accepted(providerID: "")
            }
            let id = OutboxFixture.id()
            try await outbox.send(OutboxFixture.request(id, OutboxFixture.verify()))
            try await outbox.withWorkers([outbox.worker { $0.lease = Self.lease }]) {
                try await outbox.until("a send is under way") { outbox.script.sends.count == 1 }
            }
            #expect(try await outbox.count("state = 1 AND lease_owner IS NOT NULL AND attempts = 1") == 1)
            outbox.script.answer { _ in .accepted(providerID: "second") }
            try await outbox.withWorkers([outbox.worker()]) { try await outbox.until(1, "state = 2") }
            let messages = outbox.script.sends.map(\.message)
            #expect(messages.count == 2)
            #expect(Set(messages.map(\.messageID)) == ["<\(id)@lonja.example>"])
            #expect(messages.map(\.attempt) == [1, 2])
            #expect(
                messages[0].text == messages[1].text && messages[0].html == messages[1].html,
                "and the same content"
            )
            #expect(messages[0].date == messages[1].date)
        }
    }

    @Test func aCrashBetweenTheAnswerAndItsMarkDoublesAtMostOnce() async throws {
        try await withOutbox { outbox in
            try await outbox.send(OutboxFixture.request())
            let dead = PostgresUUID.random()
            let mail = try #require(
                try await outbox.outbox.claim(dead, most: 10, retries: 10, lease: Self.lease).first
            )
            // It is sent, and the mark never comes in time: it must not undo what another worker did since.
            try await outbox.withWorkers([outbox.worker()]) { try await outbox.until(1, "state = 2") }
            let late = DeliveryMark(
                id: mail.id,
                attempt: mail.attempt,
                urgency: .notice,
                driver: "old",
                decision: .again(after: .zero, isCounted: true, problem: "late")
            )
            #expect(try await outbox.outbox.write([late], dead) == 0)
            #expect(try await outbox.count("state = 2 AND driver = 'first'") == 1)
            #expect(outbox.script.sends.count == 1)
        }
    }

    @Test func killsAtRandomMomentsLoseNothing() async throws {
        try await withOutbox { outbox in
            let total = 300
            outbox.script.answer { _ in
                let loop = outbox.group.loops[0]
                guard (try? await loop.run { try await loop.sleep(for: .milliseconds(Int.random(in: 0...4))) }) != nil
                else {
                    return .unknownOutcome(reason: "cut off")
                }
                return .accepted(providerID: "")
            }
            for index in 0..<total { try await outbox.send(OutboxFixture.request(to: "user\(index)@example.com")) }
            var kills = 0
            while try await outbox.count("state <> 2") > 0, kills < 60 {
                let worker = outbox.worker {
                    $0.lease = .milliseconds(400)
                    $0.concurrency = 8
                    $0.batch = 8
                }
                try await outbox.withWorkers([worker]) {
                    let loop = outbox.group.loops[1]
                    try await loop.run { try await loop.sleep(for: .milliseconds(Int.random(in: 20...120))) }
                }
                kills += 1
            }
            try await outbox.withWorkers([outbox.worker()]) { try await outbox.until(total, "state = 2") }
            let sent = outbox.script.accepted.map(\.message.id)
            #expect(Set(sent).count == total, "nothing is lost")
            let doubled = outbox.script.sends.count - total
            #expect(doubled <= kills * 8, "at most what was under way when a worker was killed")
            let byID = Dictionary(grouping: outbox.script.sends.map(\.message), by: \.id)
            #expect(byID.values.allSatisfy { Set($0.map(\.messageID)).count == 1 && Set($0.map(\.text)).count == 1 })
        }
    }

    /// The database's clock jumps while a mail is being sent: all that can come of it is one copy.
    @Test(arguments: ["-", "+"])
    func aClockThatJumpsLosesNothing(_ direction: String) async throws {
        try await withOutbox { outbox in
            let gate = Guarded(true)
            outbox.script.answer { _ in
                let loop = outbox.group.loops[0]
                while gate.value {
                    guard (try? await loop.run { try await loop.sleep(for: .milliseconds(10)) }) != nil else { break }
                }
                return .accepted(providerID: "x")
            }
            let total = 5
            for index in 0..<total {
                try await outbox.send(OutboxFixture.request(to: "user\(index)@example.com"))
            }
            let workers = [outbox.worker(), outbox.worker(loop: 1)]
            try await outbox.withWorkers(workers) {
                try await outbox.until("all are under way") { outbox.script.sends.count == total }
                // The same for the rows as if the clock had jumped by an hour, forward and back.
                try await outbox.database.execute(
                    "UPDATE mails SET due_at = due_at \(unsafeSQL: direction) interval '1 hour'"
                )
                if direction == "-" {
                    try await outbox.until("another worker takes them") { outbox.script.sends.count == 2 * total }
                }
                gate.change { $0 = false }
                try await outbox.until(total, "state = 2")
            }
            #expect(Set(outbox.script.accepted.map(\.message.id)).count == total)
            let copies = outbox.script.sends.count - total
            #expect(copies == (direction == "-" ? total : 0), "one copy each at the most")
        }
    }

    @Test func aLeaseIsRenewedWhileASendTakesLong() async throws {
        try await withOutbox { outbox in
            outbox.script.answer { _ in
                let loop = outbox.group.loops[0]
                try? await loop.run { try await loop.sleep(for: .milliseconds(2500)) }
                return .accepted(providerID: "")
            }
            try await outbox.send(OutboxFixture.request())
            let workers = [
                outbox.worker { $0.lease = .milliseconds(900) },
                outbox.worker({ $0.lease = .milliseconds(900) }, loop: 1),
            ]
            try await outbox.withWorkers(workers) { try await outbox.until(1, "state = 2") }
            #expect(outbox.script.sends.count == 1)
        }
    }

    @Test func aSendWhoseLeaseIsLostIsCancelled() async throws {
        try await withOutbox { outbox in
            let cancelled = Guarded(0)
            outbox.script.answer { message in
                guard message.attempt == 1 else { return .accepted(providerID: "") }
                let loop = outbox.group.loops[0]
                if (try? await loop.run { try await loop.sleep(for: .seconds(30)) }) == nil {
                    cancelled.change { $0 += 1 }
                }
                return .unknownOutcome(reason: "cancelled")
            }
            try await outbox.send(OutboxFixture.request())
            try await outbox.withWorkers([outbox.worker { $0.lease = .milliseconds(900) }]) {
                try await outbox.until("it is under way") { outbox.script.sends.count == 1 }
                // Another has it: renewing fails.
                try await outbox.database.execute("UPDATE mails SET lease_owner = \(PostgresUUID.random())")
                try await outbox.until(1, "state = 2")
            }
            #expect(cancelled.value == 1)
            #expect(outbox.script.sends.count == 2)
        }
    }
}
