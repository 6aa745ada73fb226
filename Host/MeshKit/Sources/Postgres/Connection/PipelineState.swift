/// What has been sent on one connection in pipeline mode and not been answered, in order, and what each answer belongs
/// to. A value without I/O.
///
/// Each entry is a group of steps that ends with a Sync, and so is a transaction of its own unless one is open: an error
/// in one skips the rest of its own group and nothing else.
struct PipelineState<Request> {
    enum Output {
        case nothing
        /// The statement is prepared.
        case prepared(Request)
        /// The result of the statement.
        case result(Request)
        /// One of many rows.
        case row(Request)
        /// The group has failed with this error.
        case failed(Request, during: PipelineSteps)
        /// The group is over, whether it worked or failed. Only now its transaction, if it was one, is committed.
        case finished(Request)
        /// The answer fits nothing that was sent; the connection is of no use any more.
        case violation(String)
    }

    private struct Entry {
        let number: UInt64
        let request: Request
        var left: PipelineSteps
        var isAbandoned = false
        /// The answer of the present step has come, its end has not.
        var isAnswered = false
        /// Ends that came where only the Sync is missing. libpq gives them for ever when the connection is gone.
        var idleEnds = 0
    }

    private var entries = FIFO<Entry>()
    private var nextNumber: UInt64 = 1

    var isEmpty: Bool { entries.isEmpty }
    var count: Int { entries.count }
    /// Whose answer comes next.
    var head: Request? { entries.first?.request }
    /// The number of the group whose answer comes next.
    var headNumber: UInt64? { entries.first?.number }
    /// Whether nobody waits any more for the answer that comes next.
    var isHeadAbandoned: Bool { entries.first?.isAbandoned ?? false }
    /// The step whose answer comes next; empty for the Sync.
    var headStep: PipelineSteps { entries.first?.left.first ?? [] }

    /// A group was sent. Gives its number.
    mutating func sent(_ request: Request, _ steps: PipelineSteps) -> UInt64 {
        defer { nextNumber += 1 }
        entries.append(Entry(number: nextNumber, request: request, left: steps))
        return nextNumber
    }

    /// Nobody waits any more for this group.
    /// - Returns: whether the server may be executing it right now, so that a cancel request would reach it.
    mutating func abandon(_ number: UInt64) -> Bool {
        guard let first = entries.first, number >= first.number else { return false }
        let index = Int(number - first.number)
        guard index < entries.count else { return false }
        entries[index].isAbandoned = true
        return index == 0
    }

    /// An answer has come.
    mutating func received(_ answer: PipelineAnswer) -> Output {
        guard !entries.isEmpty else {
            return answer == .end ? .nothing : .violation("the server answered though nothing was asked")
        }
        let request = entries[0].request
        let step = entries[0].left.first
        switch answer {
        case .sync:
            guard step.isEmpty else { return .violation("the server ended a group that was not over") }
            entries.removeFirst()
            return .finished(request)
        case .end:
            guard entries[0].isAnswered else {
                entries[0].idleEnds += 1
                return step.isEmpty && entries[0].idleEnds <= 2 ? .nothing : .violation("an answer is missing")
            }
            entries[0].isAnswered = false
            entries[0].left.subtract(step)
            return .nothing
        case .failed:
            // An error may also come at the Sync, where a deferred constraint is checked; no step ends with it.
            entries[0].isAnswered = !step.isEmpty
            return .failed(request, during: step)
        case .aborted:
            entries[0].isAnswered = true
            return .nothing
        case .row:
            guard step == .execute else { return .violation("a row came for a statement that has none") }
            return .row(request)
        case .rows, .done:
            guard !step.isEmpty else { return .violation("a result came for a statement that was over") }
            entries[0].isAnswered = true
            return step == .execute ? .result(request) : step == .prepare ? .prepared(request) : .nothing
        case .other:
            return .violation("a statement of this kind does not work here; COPY has its own method")
        }
    }

    /// The connection is gone: everything that was not answered, in order.
    mutating func lost() -> [Request] {
        defer { entries = FIFO() }
        return entries.map(\.request)
    }
}
