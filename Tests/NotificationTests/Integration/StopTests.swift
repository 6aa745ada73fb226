import Contracts
import Logging
import Plugin
import Postgres
import Reactor
import ServiceLifecycle
import Testing

@testable import NotificationService

@Suite struct StopTests {
    private struct Run: Service {
        let worker: OutboxWorker
        func run() async throws { try await worker.run() }
    }

    @Test func sendsUnderWayEndAndTheRestIsGivenBack() async throws {
        try await withOutbox { outbox in
            outbox.script.answer { _ in
                let loop = outbox.group.loops[0]
                guard (try? await loop.run { try await loop.sleep(for: .milliseconds(400)) }) != nil else {
                    return .unknownOutcome(reason: "cut off")
                }
                return .accepted(providerID: "")
            }
            // One lease of ten mails to five addresses: at each, the code waits for the notice.
            for index in 0..<5 {
                try await outbox.send(OutboxFixture.request(to: "user\(index)@example.com"))
                let code = OutboxFixture.request(
                    OutboxFixture.id(),
                    to: "user\(index)@example.com",
                    OutboxFixture.verify()
                )
                try await outbox.send(code)
            }
            let services = ServiceGroup(
                configuration: .init(
                    services: [.init(service: Run(worker: outbox.worker()))],
                    logger: Logger(label: "group") { _ in SwiftLogNoOpLogHandler() }
                )
            )
            let start = MonotonicTime.now()
            try await withThrowingTaskGroup { tasks in
                tasks.addTask { try await services.run() }
                try await outbox.until("the notices are under way") { outbox.script.sends.count == 5 }
                #expect(try await outbox.count("lease_owner IS NOT NULL") == 10)
                await services.triggerGracefulShutdown()
                try await tasks.waitForAll()
            }
            #expect(start.duration(to: .now()) < .seconds(5))
            #expect(outbox.script.accepted.count == 5 && outbox.script.sends.count == 5)
            #expect(try await outbox.count("state = 2") == 5)
            #expect(
                try await outbox.count(
                    "state = 1 AND lease_owner IS NULL AND attempts = 0 AND lane = 0 AND due_at <= now()"
                ) == 5
            )
            // Another takes them at once, without waiting for a lease.
            outbox.script.answer { _ in .accepted(providerID: "") }
            try await outbox.withWorkers([outbox.worker()]) {
                try await outbox.until(10, "state = 2", within: .seconds(5))
            }
        }
    }

    @Test func aSendThatDoesNotEndIsCutOff() async throws {
        try await withOutbox { outbox in
            outbox.script.answer { _ in
                let loop = outbox.group.loops[0]
                try? await loop.run { try await loop.sleep(for: .seconds(60)) }
                return .unknownOutcome(reason: "cut off")
            }
            try await outbox.send(OutboxFixture.request())
            let worker = outbox.worker { $0.drain = .milliseconds(500) }
            let services = ServiceGroup(
                configuration: .init(
                    services: [.init(service: Run(worker: worker))],
                    logger: Logger(label: "group") { _ in SwiftLogNoOpLogHandler() }
                )
            )
            let start = MonotonicTime.now()
            try await withThrowingTaskGroup { tasks in
                tasks.addTask { try await services.run() }
                try await outbox.until("it is under way") { outbox.script.sends.count == 1 }
                await services.triggerGracefulShutdown()
                try await tasks.waitForAll()
            }
            #expect(start.duration(to: .now()) < .seconds(8))
            #expect(
                try await outbox.count(
                    "state = 1 AND lease_owner IS NULL AND attempts = 1 AND last_problem = 'cut off'"
                ) == 1,
                "what became of it is written"
            )
        }
    }
}
