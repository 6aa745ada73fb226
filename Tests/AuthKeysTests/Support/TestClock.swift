import Observe
import Synchronization

/// A clock that goes when it is told to.
final class TestClock: Sendable {
    private let time: Mutex<WallTime>

    init(_ time: WallTime = WallTime(secondsSinceEpoch: 1_800_000_000)) { self.time = Mutex(time) }

    var now: WallTime {
        get { time.withLock { $0 } }
        set { time.withLock { $0 = newValue } }
    }

    func advance(_ duration: Duration) { time.withLock { $0 = $0.advanced(by: duration) } }
}

/// A number that several tasks raise.
final class TestCounter: Sendable {
    private let number = Mutex(0)

    var value: Int { number.withLock { $0 } }

    func add() { number.withLock { $0 += 1 } }
}
