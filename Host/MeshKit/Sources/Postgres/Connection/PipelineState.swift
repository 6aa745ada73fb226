/// What has been sent on one connection in pipeline mode and not been answered, in order, and what each answer belongs
/// to. A value without I/O.
///
/// Each entry is one request with its steps. A Sync ends it, and so it is a transaction of its own unless one is open; or
/// it shares the Sync of those that follow, and is one transaction with them. An error skips the rest up to the Sync and
/// nothing else.
struct PipelineState<Request>: ~Copyable {
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
        /// The request is over, whether it worked or failed. Only now its transaction, if it was one, is committed. Those
        /// that shared the Sync with it follow from `nextFinished`.
        case finished(Request)
        /// The answer fits nothing that was sent; the connection is of no use any more.
        case violation(String)
    }

    private struct Entry {
        let number: UInt64
        let request: Request
        var left: PipelineSteps
        /// Whether a Sync follows before the next entry.
        var hasSync: Bool
        var isAbandoned = false
        /// The answer of the present step has come, its end has not.
        var isAnswered = false
        /// Ends that came where only the Sync is missing. libpq gives them for ever when the connection is gone.
        var idleEnds = 0
    }

    private var entries = FIFO<Entry>()
    private var nextNumber: UInt64 = 1
    /// So many at the front are over and have not been taken.
    private var over = 0
    /// Which one the next answer is for; those before it, if they are not over, wait for the Sync that they share.
    private var current = 0
    private var isFailing = false
    /// Whether something failed between the last Sync and the one before, so that nothing of it is left.
    private(set) var hasFailed = false

    var isEmpty: Bool { entries.isEmpty }
    var count: Int { entries.count }
    /// How many `nextFinished` has to give.
    var finishedCount: Int { over }
    /// Whose answer comes next.
    var head: Request? { hasHead ? entries[current].request : nil }
    /// The number of the request whose answer comes next.
    var headNumber: UInt64? { hasHead ? entries[current].number : nil }
    /// Whether nobody waits any more for the answer that comes next.
    var isHeadAbandoned: Bool { hasHead && entries[current].isAbandoned }
    /// The step whose answer comes next; empty for the Sync.
    var headStep: PipelineSteps { hasHead ? entries[current].left.first : [] }

    private var hasHead: Bool { current < entries.count }

    /// A request was sent. Gives its number.
    /// - Parameter sharesSync: no Sync was sent with it: call `syncSent` when one is.
    mutating func sent(_ request: Request, _ steps: PipelineSteps, sharesSync: Bool = false) -> UInt64 {
        defer { nextNumber += 1 }
        entries.append(Entry(number: nextNumber, request: request, left: steps, hasSync: !sharesSync))
        return nextNumber
    }

    /// The Sync of those that share one was sent.
    mutating func syncSent() {
        guard !entries.isEmpty else { return }
        entries[entries.count - 1].hasSync = true
    }

    /// Nobody waits any more for this group.
    /// - Returns: whether the server may be executing it right now, so that a cancel request would reach it.
    mutating func abandon(_ number: UInt64) -> Bool {
        guard let first = entries.first, number >= first.number else { return false }
        let index = Int(number - first.number)
        guard index < entries.count else { return false }
        entries[index].isAbandoned = true
        return index == current
    }

    /// An answer has come.
    mutating func received(_ answer: PipelineAnswer) -> Output {
        guard current < entries.count else {
            return answer == .end ? .nothing : .violation("the server answered though nothing was asked")
        }
        let request = entries[current].request
        let step = entries[current].left.first
        switch answer {
        case .sync:
            guard step.isEmpty, entries[current].hasSync else {
                return .violation("the server ended a group that was not over")
            }
            current += 1
            over = current
            (hasFailed, isFailing) = (isFailing, false)
            return nextFinished().map { .finished($0) } ?? .nothing
        case .end:
            guard entries[current].isAnswered else {
                entries[current].idleEnds += 1
                return step.isEmpty && entries[current].idleEnds <= 2 ? .nothing : .violation("an answer is missing")
            }
            entries[current].isAnswered = false
            entries[current].left.subtract(step)
            if entries[current].left.isEmpty, !entries[current].hasSync { current += 1 }
            return .nothing
        case .failed:
            // An error may also come at the Sync, where a deferred constraint is checked; no step ends with it.
            entries[current].isAnswered = !step.isEmpty
            isFailing = true
            return .failed(request, during: step)
        case .aborted:
            entries[current].isAnswered = true
            return .nothing
        case .row:
            guard step == .execute else { return .violation("a row came for a statement that has none") }
            return .row(request)
        case .rows, .done:
            guard !step.isEmpty else { return .violation("a result came for a statement that was over") }
            entries[current].isAnswered = true
            return step == .execute ? .result(request) : step == .prepare ? .prepared(request) : .nothing
        case .other:
            return .violation("a statement of this kind does not work here; COPY has its own method")
        }
    }

    /// One that is over and has not been taken, after `finished`; nil when all have been.
    mutating func nextFinished() -> Request? {
        guard over > 0 else { return nil }
        over -= 1
        current -= 1
        return entries.removeFirst().request
    }

    /// The connection is gone: everything that was not answered, in order.
    mutating func lost() -> [Request] {
        defer { (entries, over, current) = (FIFO(), 0, 0) }
        return entries.map(\.request)
    }
}
