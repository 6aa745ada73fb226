import Synchronization
import Testing

/// A channel before real servers on loopback addresses, one test at a time: they count, and some measure time.
@Suite(.serialized, .timeLimit(.minutes(2)))
struct ChannelTests {}

/// True and false in turn, for anybody.
final class Flips: Sendable {
    private let count = Atomic<Int>(0)

    func next() -> Bool { count.wrappingAdd(1, ordering: .relaxed).newValue % 2 == 0 }
}
