/// What is under way on one connection: which call the next reply is for, what has left and what has not, and whether
/// more may be given to it. A value without I/O or clock.
///
/// A call is gathered, then sent, when what was gathered in a turn of the loop goes out as one write, then answered.
/// Answers come in the order of the commands.
struct PipelineState<Call> {
    /// For whom a reply is.
    enum Answer {
        /// A part of the answer to this call; more replies follow.
        case part(Call)
        /// The last reply, or the only one, for this call.
        case last(Call)
        /// Nothing was asked: the peer does not keep the protocol.
        case nobody
    }

    private struct Entry {
        var call: Call
        var missing: Int
    }

    private let limit: Int
    private var entries = FIFO<Entry>()
    /// How many, at the end of `entries`, have been gathered but not sent.
    private(set) var gathered = 0
    private var isBlocked = false
    private(set) var isRetiring = false
    private var isLost = false

    /// - Parameter limit: so many calls at once.
    init(limit: Int) {
        precondition(limit > 0, "a connection takes at least one call")
        self.limit = limit
    }

    /// How many calls are under way.
    var count: Int { entries.count }
    /// Whether the next call may be given to this connection.
    var canTake: Bool { !isBlocked && !isRetiring && !isLost && entries.count < limit }
    /// Whether it takes no more calls and has none.
    var isDone: Bool { isRetiring && entries.isEmpty }

    /// A call whose command has been put to the others of this turn; `replies` will come for it.
    mutating func gather(_ call: Call, replies: Int) {
        precondition(!isLost && replies > 0, "a lost connection takes no calls")
        entries.append(Entry(call: call, missing: replies))
        gathered += 1
    }

    /// What was gathered has been sent. `isBlocked`: the peer does not read as fast as that, give it no more.
    mutating func sent(isBlocked: Bool) {
        gathered = 0
        self.isBlocked = isBlocked
    }

    /// The peer has read everything.
    mutating func drained() {
        isBlocked = false
    }

    /// A reply has come.
    mutating func replied() -> Answer {
        // What has not been sent cannot have been answered.
        guard entries.count > gathered, let first = entries.first else { return .nobody }
        if first.missing > 1 {
            entries[0].missing -= 1
            return .part(first.call)
        }
        _ = entries.popFirst()
        return .last(first.call)
    }

    /// No more calls for this connection; those under way get their answers.
    mutating func retire() {
        isRetiring = true
    }

    /// The connection is gone. Gives the calls that may have been executed, and those that never left; each in order.
    mutating func lose() -> (sent: [Call], unsent: [Call]) {
        isLost = true
        let all = entries.removeAll().map(\.call)
        let border = all.count - gathered
        gathered = 0
        return (Array(all[..<border]), Array(all[border...]))
    }

    /// Looks at each call under way.
    func forEach(_ body: (Call) -> Void) {
        for position in 0..<entries.count { body(entries[position].call) }
    }
}
