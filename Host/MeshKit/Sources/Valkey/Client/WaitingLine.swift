/// Calls that wait for a connection, in order, bounded in number and bytes. A value.
struct WaitingLine<Call> {
    private struct Entry {
        var call: Call
        var bytes: Int
    }

    private let maximum: Int
    private let maximumBytes: Int
    private var entries = FIFO<Entry>()
    /// Bytes of what waits.
    private(set) var bytes = 0

    init(maximum: Int, maximumBytes: Int) {
        self.maximum = maximum
        self.maximumBytes = maximumBytes
    }

    var isEmpty: Bool { entries.isEmpty }
    var count: Int { entries.count }

    /// Puts a call at the end. False if too much waits.
    mutating func append(_ call: Call, bytes: Int) -> Bool {
        guard entries.count < maximum, bytes <= maximumBytes - self.bytes else { return false }
        entries.append(Entry(call: call, bytes: bytes))
        self.bytes += bytes
        return true
    }

    /// Puts calls that came back to the front, in their order; they were taken once, so no limit applies.
    mutating func putBack(_ calls: [(Call, bytes: Int)]) {
        for (call, bytes) in calls.reversed() {
            entries.prepend(Entry(call: call, bytes: bytes))
            self.bytes += bytes
        }
    }

    /// Takes the first.
    mutating func popFirst() -> Call? {
        guard let entry = entries.popFirst() else { return nil }
        bytes -= entry.bytes
        return entry.call
    }

    /// Takes out those that `isOver` says nobody waits for, and gives them.
    mutating func removeAll(where isOver: (Call) -> Bool) -> [Call] {
        entries.remove { isOver($0.call) }.map { entry in
            bytes -= entry.bytes
            return entry.call
        }
    }

    /// Takes out those at the front that `isOver` says nobody waits for.
    /// - Returns: how many they were.
    mutating func dropFirst(while isOver: (Call) -> Bool) -> Int {
        var dropped = 0
        while let first = entries.first, isOver(first.call) {
            bytes -= first.bytes
            _ = entries.popFirst()
            dropped += 1
        }
        return dropped
    }

    /// Takes out all of them, as a line of their own.
    mutating func takeAll() -> WaitingLine {
        let all = self
        self = WaitingLine(maximum: maximum, maximumBytes: maximumBytes)
        return all
    }

    /// Looks at each, as long as `body` wants more.
    func forEach(_ body: (Call) -> Bool) {
        for position in 0..<entries.count where !body(entries[position].call) { return }
    }
}
