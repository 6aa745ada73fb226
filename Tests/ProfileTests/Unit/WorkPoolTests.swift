import Glibc
import RPC
import Reactor
import Synchronization
import Testing

@testable import ProfileService

@Suite struct WorkPoolTests {
    private struct Failure: Error {}

    /// Holds the threads of a pool until it is opened.
    private final class Gate: Sendable {
        private let pipe: (read: Int32, write: Int32)

        init() {
            var ends: [Int32] = [0, 0]
            precondition(Glibc.pipe(&ends) == 0)
            pipe = (ends[0], ends[1])
        }

        func wait() {
            var byte: UInt8 = 0
            _ = read(pipe.read, &byte, 1)
        }

        func open() { close(pipe.write) }
    }

    @Test func resultsAndErrorsComeBack() async throws {
        let pool = WorkPool("jobs", threads: 2, room: 2)
        for number in 0..<100 {
            let result = try await pool.run(by: nil) { "\(number)" }
            #expect(result == "\(number)")
        }
        await #expect(throws: Failure.self) { try await pool.run(by: nil) { throw Failure() } }
        pool.shutdown()
        let error = await refusal { try await pool.run(by: nil) {} }
        #expect(error?.reason == "busy")
    }

    @Test(.timeLimit(.minutes(1)))
    func theRestIsRefusedDroppedOrWithdrawn() async throws {
        let pool = WorkPool("jobs", threads: 1, room: 2)
        let gate = Gate()
        let started = Flag()
        let first = Task {
            try await pool.run(by: nil) {
                started.set()
                gate.wait()
                return 1
            }
        }
        while !started.isSet { await Task.yield() }
        let late = Task { await refusal { try await pool.run(by: .now()) {} } }
        let gone = Task { await refusal { try await pool.run(by: nil) {} } }
        while pool.waiting < 2 { await Task.yield() }
        gone.cancel()
        let cancelled = await gone.value
        #expect(cancelled?.code == .cancelled)
        let second = Task { try await pool.run(by: nil) { 2 } }
        while pool.waiting < 2 { await Task.yield() }
        gate.open()
        let dropped = await late.value
        #expect(dropped?.code == .deadlineExceeded)
        let results = [try await first.value, try await second.value]
        #expect(results == [1, 2])
        pool.shutdown()
    }

    /// The threads of others go first.
    @Test func itsThreadsYield() async throws {
        // SCHED_IDLE of sched(7), which Swift does not see.
        let pool = WorkPool("jobs", threads: 1, room: 1)
        let way = try await pool.run(by: nil) { sched_getscheduler(0) }
        #expect(way == 5)
        #expect(sched_getscheduler(0) == 0)
        pool.shutdown()
    }
}
