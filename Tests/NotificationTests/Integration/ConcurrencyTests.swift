import Contracts
import Plugin
import Postgres
import Reactor
import Testing

@testable import NotificationService

@Suite struct ConcurrencyTests {
    @Test func severalWorkersSendEachMailOnce() async throws {
        try await withOutbox(loops: 4) { outbox in
            let total = 2000
            let workers = (0..<4).map { outbox.worker({ $0.poll = .milliseconds(20) }, loop: $0) }
            try await outbox.withWorkers(workers) {
                try await withThrowingTaskGroup { tasks in
                    for lane in 0..<8 {
                        tasks.addTask {
                            for index in 0..<total / 8 {
                                try await outbox.send(OutboxFixture.request(to: "user\(lane)-\(index)@example.com"))
                            }
                        }
                    }
                    try await tasks.waitForAll()
                }
                try await outbox.until(total, "state = 2")
            }
            let ids = outbox.script.sends.map(\.message.id)
            #expect(ids.count == total && Set(ids).count == total)
            #expect(try await outbox.count("lease_owner IS NOT NULL OR payload IS NOT NULL OR attempts <> 1") == 0)
        }
    }

    @Test func mailsToOneAddressKeepTheirOrder() async throws {
        try await withOutbox(loops: 3) { outbox in
            outbox.script.answer { _ in
                let loop = outbox.group.loops[0]
                try? await loop.run { try await loop.sleep(for: .milliseconds(Int.random(in: 0...15))) }
                return .accepted(providerID: "")
            }
            var order: [String: [String]] = [:]
            for index in 0..<120 {
                let address = "user\(index % 6)@example.com"
                let request = OutboxFixture.request(to: address)
                order[address, default: []].append(request.id)
                try await outbox.send(request)
            }
            let workers = (0..<3).map { outbox.worker({ $0.batch = 10 }, loop: $0) }
            try await outbox.withWorkers(workers) { try await outbox.until(120, "state = 2") }
            var seen: [String: [String]] = [:]
            for send in outbox.script.sends { seen[send.message.to.address, default: []].append(send.message.id) }
            #expect(seen == order)
        }
    }

    @Test func noMoreThanAllowedAreUnderWay() async throws {
        try await withOutbox { outbox in
            outbox.script.answer { _ in
                let loop = outbox.group.loops[0]
                try? await loop.run { try await loop.sleep(for: .milliseconds(5)) }
                return .accepted(providerID: "")
            }
            for index in 0..<200 { try await outbox.send(OutboxFixture.request(to: "user\(index)@example.com")) }
            try await outbox.withWorkers([outbox.worker { $0.concurrency = 7 }]) {
                try await outbox.until(200, "state = 2")
            }
            #expect(outbox.script.mostAtOnce == 7)
        }
    }

    @Test func aMailOfAnotherProcessIsHeardOf() async throws {
        try await withOutbox { outbox in
            // It would look by itself in a minute only; the service here wakes nobody but by NOTIFY.
            let worker = outbox.worker { $0.poll = .seconds(60) }
            try await outbox.withWorkers([worker]) {
                let loop = outbox.group.loops[1]
                try await loop.run { try await loop.sleep(for: .milliseconds(500)) }
                try await outbox.send(OutboxFixture.request())
                try await outbox.until(1, "state = 2", within: .seconds(5))
            }
        }
    }

    @Test func codesGoBeforeNotices() async throws {
        try await withOutbox { outbox in
            for index in 0..<40 { try await outbox.send(OutboxFixture.request(to: "user\(index)@example.com")) }
            for index in 0..<5 {
                try await outbox.send(OutboxFixture.request(to: "code\(index)@example.com", OutboxFixture.verify()))
            }
            let worker = outbox.worker {
                $0.batch = 5
                $0.concurrency = 5
            }
            try await outbox.withWorkers([worker]) { try await outbox.until(45, "state = 2") }
            #expect(outbox.script.sends.prefix(5).allSatisfy { $0.message.category == "verify-email" })
        }
    }
}
