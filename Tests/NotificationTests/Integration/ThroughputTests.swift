import Contracts
import Foundation
import Postgres
import Reactor
import Testing

@testable import NotificationService

/// Figures rather than promises; LONJA_MEASURE=1 makes them large enough to mean something.
@Suite(.serialized) struct ThroughputTests {
    private static let total = ProcessInfo.processInfo.environment["LONJA_MEASURE"] == nil ? 1000 : 20_000

    @Test func mailsASecond() async throws {
        try await withOutbox(loops: 2) { outbox in
            let total = Self.total
            let start = MonotonicTime.now()
            try await withThrowingTaskGroup { tasks in
                for lane in 0..<32 {
                    tasks.addTask {
                        let loop = outbox.group.loops[1]
                        try await loop.run {
                            for index in 0..<total / 32 {
                                try await outbox.send(
                                    OutboxFixture.request(
                                        OutboxFixture.id(),
                                        to: "u\(lane)-\(index)@example.com",
                                        OutboxFixture.verify()
                                    )
                                )
                            }
                        }
                    }
                }
                try await tasks.waitForAll()
            }
            let accepted = Double(total) / start.duration(to: .now()).inSeconds
            let waiting = try await outbox.count("state = 1")
            let begun = MonotonicTime.now()
            try await outbox.withWorkers([outbox.worker { $0.poll = .seconds(1) }]) {
                try await outbox.until(0, "state = 1", within: .seconds(120))
            }
            let sent = Double(waiting) / begun.duration(to: .now()).inSeconds
            print("accepted \(Int(accepted)) mails/s, sent \(Int(sent)) mails/s by one worker with an instant driver")
            #expect(outbox.script.sends.count == waiting)
            #expect(sent > 100)
        }
    }

    /// The statements that run all the time must not read the history.
    @Test func claimsReadNoHistory() async throws {
        try await withOutbox { outbox in
            try await outbox.send(OutboxFixture.request())
            try await outbox.database.execute(
                """
                INSERT INTO mails (id, kind, lane, state, recipient_hash, recipient, content_hash, key_id, finished_at)
                SELECT gen_random_uuid(), 'verify-email', 0, 2, decode(md5(n::text), 'hex'), 'x', '', 1, now()
                FROM generate_series(1, 50000) AS n
                """
            )
            try await outbox.database.execute("ANALYZE mails")
            let loop = outbox.group.loops[0]
            // One connection, which tells what it read.
            let read = try await loop.run { () -> Int in
                let before = try await reads(outbox)
                let owner = PostgresUUID.random()
                let mails = try await outbox.outbox.claim(owner, most: 50, retries: 50, lease: .seconds(60))
                #expect(mails.count == 1)
                let mark = DeliveryMark(
                    id: mails[0].id,
                    attempt: 1,
                    urgency: .notice,
                    driver: "x",
                    decision: .again(after: .zero, isCounted: true, problem: "")
                )
                let renewed = try await outbox.outbox.renew([mails[0].id], owner, lease: .seconds(60))
                #expect(renewed.count == 1)
                let written = try await outbox.outbox.write([mark], owner)
                #expect(written == 1)
                _ = try await outbox.outbox.expire()
                _ = try await outbox.outbox.depth()
                return try await reads(outbox) - before
            }
            #expect(read == 0, "statements read the whole table")
        }
    }

    /// How often the table was read from end to end.
    private func reads(_ outbox: OutboxFixture) async throws -> Int {
        try await outbox.database.execute("SELECT pg_stat_force_next_flush()")
        let rows = try await outbox.database.query("SELECT seq_scan FROM pg_stat_user_tables WHERE relname = 'mails'")
        return try #require(rows.first).decode(Int.self)
    }
}
