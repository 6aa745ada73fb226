import Observe
import Reactor
import Synchronization

@testable import MarketService

/// A clock that only a test moves: whoever waits on it goes on when it is advanced past their time.
final class TestClock: Sendable {
    private struct State {
        var elapsed = Duration.zero
        var next = 0
        var sleepers: [Int: (until: Duration, continuation: CheckedContinuation<Void, any Error>)] = [:]
        var cancelled: Set<Int> = []
    }

    private let start: WallTime
    private let state = Mutex(State())

    init(start: WallTime) { self.start = start }

    var now: WallTime { start.advanced(by: state.withLock { $0.elapsed }) }
    var uptime: MonotonicTime {
        MonotonicTime(nanoseconds: 1_000_000_000).advanced(by: state.withLock { $0.elapsed })
    }
    /// How many wait.
    var sleepers: Int { state.withLock { $0.sleepers.count } }

    var times: Times {
        Times(now: { self.now }, uptime: { self.uptime }, pause: { try await self.pause($0) })
    }

    func advance(_ duration: Duration) {
        let awake = state.withLock { state in
            state.elapsed += duration
            let due = state.sleepers.filter { $0.value.until <= state.elapsed }
            for number in due.keys { state.sleepers[number] = nil }
            return due.sorted { $0.value.until < $1.value.until }.map(\.value.continuation)
        }
        for continuation in awake { continuation.resume() }
    }

    private func pause(_ duration: Duration) async throws {
        let number = state.withLock { state in
            state.next += 1
            return state.next
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
                let isCancelled = state.withLock { state in
                    if state.cancelled.remove(number) != nil { return true }
                    state.sleepers[number] = (state.elapsed + duration, continuation)
                    return false
                }
                if isCancelled { continuation.resume(throwing: CancellationError()) }
            }
        } onCancel: {
            let sleeper = state.withLock { state in
                let sleeper = state.sleepers.removeValue(forKey: number)
                if sleeper == nil { state.cancelled.insert(number) }
                return sleeper
            }
            sleeper?.continuation.resume(throwing: CancellationError())
        }
    }
}
