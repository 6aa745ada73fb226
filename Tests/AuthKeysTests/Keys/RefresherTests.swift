import Observe
import Testing

@testable import AuthService

@Suite struct RefresherTests {
    private let start = WallTime(secondsSinceEpoch: 1_800_000_000)
    private let interval = Duration.seconds(30)

    @Test func oneInHalfAMinute() {
        var gate = RefreshGate()
        #expect(gate.enter(at: start, interval: interval) == .lead)
        #expect(gate.enter(at: start, interval: interval) == .follow)
        gate.finished(wasCancelled: false)
        #expect(gate.enter(at: start.advanced(by: .seconds(29)), interval: interval) == .refuse)
        #expect(gate.enter(at: start.advanced(by: .seconds(30)), interval: interval) == .lead)
        gate.finished(wasCancelled: true)
        #expect(gate.enter(at: start.advanced(by: .seconds(30)), interval: interval) == .lead)
        gate.finished(wasCancelled: false)
        // A clock that was set back.
        #expect(gate.enter(at: start, interval: interval) == .lead)
    }

    /// A hundred who want it get one, and all of them see its end.
    @Test func coalesced() async throws {
        let refresher = Refresher()
        let runs = TestCounter()
        let (stream, go) = AsyncStream.makeStream(of: Void.self)
        try await withThrowingTaskGroup(of: Int.self) { tasks in
            for _ in 0..<100 {
                tasks.addTask {
                    try await refresher.refresh(at: start, interval: interval) {
                        for await _ in stream { break }
                        runs.add()
                    }
                    return runs.value
                }
            }
            go.yield()
            for try await seen in tasks { #expect(seen == 1) }
        }
        #expect(runs.value == 1)
    }

    struct Broken: Error {}

    /// Those who wait, and those who come too soon afterwards, hear of a failure.
    @Test func failuresAreTold() async {
        let refresher = Refresher()
        for _ in 0..<3 {
            let found = await failure {
                try await refresher.refresh(at: start, interval: interval) { throw Broken() }
            }
            #expect(found is Broken)
        }
    }

    /// Who gives up does not decide for others.
    @Test func cancellationIsNoAnswer() async throws {
        let refresher = Refresher()
        let runs = TestCounter()
        let (started, start) = AsyncStream.makeStream(of: Void.self)
        let leader = Task {
            try await refresher.refresh(at: self.start, interval: interval) {
                start.yield()
                try await Task.sleep(for: .seconds(100))
            }
        }
        for await _ in started { break }
        let followers = (0..<10).map { _ in
            Task {
                try await refresher.refresh(at: self.start, interval: interval) { runs.add() }
            }
        }
        followers[0].cancel()
        leader.cancel()
        let cancelled = await followers[0].result
        #expect(throws: CancellationError.self) { try cancelled.get() }
        for follower in followers.dropFirst() { try await follower.value }
        #expect(runs.value >= 1)
    }
}
