import Contracts
import Plugin
import Postgres
import Reactor
import Synchronization
import TestServers
import Testing

@testable import NotificationService

/// Poison, outages, faults and swaps of the driver.
@Suite struct TroubleTests {
    /// Reference §6.10.
    @Test func mailsThatFailDelayNoOthers() async throws {
        try await withOutbox { outbox in
            outbox.script.answer { message in
                guard message.to.address.hasPrefix("poison") else { return .accepted(providerID: "") }
                // Slow as well: each holds a place for a while.
                let loop = outbox.group.loops[0]
                try? await loop.run { try await loop.sleep(for: .milliseconds(200)) }
                return .retry(after: nil, reason: "451 try again")
            }
            for index in 0..<100 { try await outbox.send(OutboxFixture.request(to: "poison\(index)@example.com")) }
            let delays = try await outbox.withWorkers([outbox.worker { $0.concurrency = 16 }]) { () -> [Double] in
                try await outbox.until("the poison was tried") { outbox.script.sends.count >= 100 }
                // Keep all of it due, all the time.
                return try await withThrowingTaskGroup(of: [Double]?.self) { tasks in
                    tasks.addTask {
                        while true {
                            try await outbox.database.execute(
                                "UPDATE mails SET due_at = now() WHERE state = 1 AND lease_owner IS NULL"
                            )
                            let loop = outbox.group.loops[1]
                            try await loop.run { try await loop.sleep(for: .milliseconds(50)) }
                        }
                    }
                    tasks.addTask {
                        var starts: [String: MonotonicTime] = [:]
                        for index in 0..<100 {
                            let request = OutboxFixture.request(to: "good\(index)@example.com")
                            starts[request.id] = .now()
                            try await outbox.send(request)
                            let loop = outbox.group.loops[1]
                            try await loop.run { try await loop.sleep(for: .milliseconds(10)) }
                        }
                        try await outbox.until(100, "state = 2")
                        return outbox.script.accepted.compactMap { send in
                            starts[send.message.id].map { $0.duration(to: send.time).inSeconds }
                        }
                    }
                    while let found = try await tasks.next() {
                        guard let found else { continue }
                        tasks.cancelAll()
                        return found
                    }
                    return []
                }
            }
            #expect(delays.count == 100)
            let p95 = delays.sorted()[94]
            #expect(p95 < 1, "p95 \(p95) s")
            print("good mail beside 100 poisonous: p50 \(delays.sorted()[49]) s, p95 \(p95) s")
        }
    }

    /// Reference §6.11: an hour without a provider, told by the driver as a fault.
    @Test func anOutageLosesNoNoticeAndSendsNoStaleCode() async throws {
        try await withOutbox { outbox in
            outbox.script.answer { _ in
                .driverFault(until: .now().advanced(by: .milliseconds(200)), reason: "no way there")
            }
            for index in 0..<50 { try await outbox.send(OutboxFixture.request(to: "notice\(index)@example.com")) }
            for index in 0..<20 {
                let mail = OutboxFixture.verify(OutboxFixture.proof(life: 600))
                try await outbox.send(OutboxFixture.request(to: "code\(index)@example.com", mail))
            }
            try await outbox.withWorkers([outbox.worker()]) {
                try await outbox.until("some were tried") { outbox.script.sends.count > 5 }
                let loop = outbox.group.loops[1]
                try await loop.run { try await loop.sleep(for: .milliseconds(1500)) }
                #expect(try await outbox.count("state = 1 AND attempts > 1") == 0, "faults are no attempts")
                #expect(outbox.script.sends.count < 200, "a broken driver is left alone")
                // An hour goes by.
                try await outbox.database.execute(
                    """
                    UPDATE mails SET expires_at = expires_at - interval '1 hour', started_at = started_at - interval '1 hour',
                        accepted_at = accepted_at - interval '1 hour'
                    """
                )
                try await outbox.until(20, "state = 4 AND payload IS NULL")
                let start = MonotonicTime.now()
                outbox.script.answer { _ in .accepted(providerID: "") }
                try await outbox.until(50, "state = 2")
                #expect(start.duration(to: .now()) < .seconds(10))
            }
            #expect(outbox.script.accepted.allSatisfy { $0.message.category == "password-changed" })
            #expect(Set(outbox.script.accepted.map(\.message.id)).count == 50)
            #expect(outbox.script.accepted.allSatisfy { $0.message.attempt <= 2 })
        }
    }

    @Test func aFaultThatOneMailBringsDoesNotHoldUpTheRest() async throws {
        try await withOutbox { outbox in
            outbox.script.answer { message in
                message.to.address.hasPrefix("bad")
                    ? .driverFault(until: .now().advanced(by: .milliseconds(100)), reason: "confused")
                    : .accepted(providerID: "")
            }
            try await outbox.send(OutboxFixture.request(to: "bad@example.com"))
            for index in 0..<30 { try await outbox.send(OutboxFixture.request(to: "good\(index)@example.com")) }
            try await outbox.withWorkers([
                outbox.worker {
                    $0.batch = 1; $0.concurrency = 1
                }
            ]) {
                try await outbox.until(30, "state = 2")
            }
            #expect(try await outbox.count("state = 1 AND attempts <= 1") == 1)
        }
    }

    @Test func anotherDriverIsUsedAtOnceAndNothingIsDoubled() async throws {
        try await withOutbox { outbox in
            outbox.script.answer { _ in .driverFault(until: .now().advanced(by: .seconds(600)), reason: "401 bad key") }
            for index in 0..<40 { try await outbox.send(OutboxFixture.request(to: "user\(index)@example.com")) }
            try await outbox.withWorkers([outbox.worker()]) {
                try await outbox.until("the driver was given up") { outbox.script.sends.count > 0 }
                let loop = outbox.group.loops[1]
                try await loop.run { try await loop.sleep(for: .milliseconds(300)) }
                let before = outbox.script.sends.count
                #expect(before <= 64)
                try await loop.run { try await loop.sleep(for: .milliseconds(300)) }
                #expect(outbox.script.sends.count == before, "it is left alone")
                outbox.script.answer { _ in .accepted(providerID: "") }
                let start = MonotonicTime.now()
                try await outbox.swap(to: SecondMailer.self)
                try await outbox.until(40, "state = 2 AND driver = 'second'")
                #expect(start.duration(to: .now()) < .seconds(2))
            }
            #expect(outbox.script.accepted.count == 40)
            #expect(outbox.log.all.contains { $0.contains("mails go to another driver") && $0.contains("second") })
        }
    }

    /// Attack 36.
    @Test func swapsWhileMailsGoOutLoseAndDoubleNothing() async throws {
        try await withOutbox { outbox in
            outbox.script.answer { _ in
                let loop = outbox.group.loops[0]
                try? await loop.run { try await loop.sleep(for: .milliseconds(Int.random(in: 0...10))) }
                return .accepted(providerID: "")
            }
            let total = 600
            try await outbox.withWorkers([outbox.worker()]) {
                try await withThrowingTaskGroup { tasks in
                    tasks.addTask {
                        for index in 0..<total {
                            try await outbox.send(OutboxFixture.request(to: "user\(index)@example.com"))
                        }
                    }
                    tasks.addTask {
                        for turn in 0..<12 {
                            try await outbox.swap(to: turn % 2 == 0 ? SecondMailer.self : FirstMailer.self)
                            let loop = outbox.group.loops[1]
                            try await loop.run { try await loop.sleep(for: .milliseconds(Int.random(in: 1...120))) }
                        }
                    }
                    try await tasks.waitForAll()
                }
                try await outbox.until(total, "state = 2")
            }
            let ids = outbox.script.sends.map(\.message.id)
            #expect(ids.count == total && Set(ids).count == total)
            #expect(Set(outbox.script.sends.map(\.driver)) == ["first", "second"])
        }
    }

    /// An outage that is told as failures of each mail: after it nobody waits for hours.
    @Test func whatWaitsIsTriedAtOnceAfterARecovery() async throws {
        try await withOutbox { outbox in
            outbox.script.answer { _ in .retry(after: nil, reason: "451 busy") }
            for index in 0..<30 { try await outbox.send(OutboxFixture.request(to: "user\(index)@example.com")) }
            let worker = outbox.worker()
            // The outage began two minutes ago.
            worker.state.withLock { state in
                for _ in 0..<20 { state.recovery.failed(at: MonotonicTime.now().advanced(by: .seconds(-120))) }
            }
            try await outbox.withWorkers([worker]) {
                try await outbox.until(30, "state = 1 AND lease_owner IS NULL AND attempts = 1")
                try await outbox.database.execute("UPDATE mails SET due_at = now() + interval '3 hours'")
                outbox.script.answer { _ in .accepted(providerID: "") }
                try await outbox.send(OutboxFixture.request())
                try await outbox.until(31, "state = 2", within: .seconds(10))
            }
        }
    }

    @Test func anEmptySlotKeepsMailsDue() async throws {
        try await withOutbox(isEmpty: true) { outbox in
            for index in 0..<10 { try await outbox.send(OutboxFixture.request(to: "user\(index)@example.com")) }
            try await outbox.withWorkers([outbox.worker()]) {
                try await outbox.until("the slot was asked") {
                    try await outbox.count("last_problem LIKE '%no driver%'") > 0
                }
                #expect(try await outbox.count("state = 1 AND attempts <= 1") == 10)
                try await outbox.swap(to: FirstMailer.self)
                try await outbox.until(10, "state = 2")
            }
        }
    }

    @Test func aDatabaseThatRestartsLosesNothing() async throws {
        let server = try PostgresServer()
        try await withOutbox(server: server) { outbox in
            outbox.script.answer { _ in
                let loop = outbox.group.loops[0]
                try? await loop.run { try await loop.sleep(for: .milliseconds(20)) }
                return .accepted(providerID: "")
            }
            let accepted = Guarded<Set<String>>([])
            try await outbox.withWorkers([outbox.worker { $0.lease = .seconds(2) }]) {
                try await withThrowingTaskGroup { tasks in
                    tasks.addTask {
                        for index in 0..<300 {
                            let request = OutboxFixture.request(to: "user\(index)@example.com")
                            if await outbox.refusal(request) == nil { accepted.change { $0.insert(request.id) } }
                            let loop = outbox.group.loops[1]
                            try await loop.run { try await loop.sleep(for: .milliseconds(5)) }
                        }
                    }
                    tasks.addTask {
                        let loop = outbox.group.loops[1]
                        try await loop.run { try await loop.sleep(for: .milliseconds(600)) }
                        try await outbox.group.blocking.run {
                            server.kill(9)
                            try server.start()
                        }
                    }
                    try await tasks.waitForAll()
                }
                try await outbox.until("all are sent", within: .seconds(30)) {
                    (try? await outbox.count("state = 1")) == 0
                }
            }
            let sent = Set(outbox.script.accepted.map(\.message.id))
            let promised = accepted.value
            #expect(promised.count > 20)
            #expect(promised.subtracting(sent).isEmpty, "what was accepted is sent")
        }
    }

    @Test func aProviderThatAsksToWaitIsGivenTime() async throws {
        try await withOutbox { outbox in
            outbox.script.answer {
                $0.attempt == 1 ? .retry(after: .seconds(90), reason: "429") : .accepted(providerID: "")
            }
            let id = OutboxFixture.id()
            try await outbox.send(OutboxFixture.request(id, OutboxFixture.verify()))
            try await outbox.withWorkers([outbox.worker()]) {
                try await outbox.until(
                    1,
                    "state = 1 AND attempts = 1 AND lease_owner IS NULL AND due_at > now() + interval '80 seconds'"
                )
                let delivery = try await outbox.delivery(id)
                #expect(delivery.state == .queued && delivery.lastProblem == "429" && delivery.hasNextAttemptAt)
                #expect(delivery.driver == "first" && delivery.attempts == 1)
                try await outbox.database.execute("UPDATE mails SET due_at = now()")
                try await outbox.until(1, "state = 2 AND attempts = 2 AND last_problem = ''")
            }
        }
    }
}
