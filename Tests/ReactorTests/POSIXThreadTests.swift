import Foundation
import Reactor
import Synchronization
import Testing

@Suite
struct POSIXThreadTests {
    /// Bytes of this process's address space, in which a thread's stack is a large piece.
    private func mappedBytes() throws -> Int {
        let text = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8)
        let pages = try #require(text.split(separator: " ").first.flatMap { Int($0) })
        return pages * Int(sysconf(Int32(_SC_PAGESIZE)))
    }

    @Test
    func aThreadThatNobodyJoinsIsFreedWhenItEnds() async throws {
        let before = try mappedBytes()
        for _ in 0..<2_000 {
            await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
                let thread = try? POSIXThread { continuation.resume() }
                #expect(thread != nil)
            }
        }
        // A stack has two megabytes or eight; the C library keeps some of those that have been freed, and the tests beside
        // this one map a gigabyte or so.
        let grown = try mappedBytes() - before
        #expect(grown < 3_000 << 20, "\(grown >> 20) MiB more are mapped after 2,000 threads")
    }

    @Test
    func joiningWaitsForTheEndAndTheSecondTimeForNothing() throws {
        let end = End()
        let thread = try POSIXThread { end.isReached.store(true, ordering: .relaxed) }
        thread.join()
        let isReached = end.isReached.load(ordering: .relaxed)
        #expect(isReached)
        thread.join()
    }
}

private final class End: Sendable {
    let isReached = Atomic<Bool>(false)
}
