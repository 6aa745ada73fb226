/// What has been sent on one connection in pipeline mode and not been answered, in order, and what each answer belongs
/// to. A value without I/O.
///
/// A request is one or more statements, each with its steps. A Sync ends it, and so it is a transaction of its own unless
/// one is open; or it shares the Sync of those that follow, and is one transaction with them. An error skips the rest up
/// to the Sync and nothing else.
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
        /// Statements that are not over.
        var left = 1
        /// Whether a Sync follows before the next entry.
        var hasSync: Bool
        var isAbandoned = false
    }

    // Apart, so that counting an answer touches no reference.
    private var entries = FIFO<Entry>()
    private var requests = FIFO<Request>()
    /// The steps that are left of the statements that are not over, in order.
    private var steps = FIFO<PipelineSteps>()
    private var nextNumber: UInt64 = 1
    /// So many at the front are over and have not been taken.
    private var over = 0
    /// Which one the next answer is for; those before it, if they are not over, wait for the Sync that they share.
    private var current = 0
    /// The answer of the present step has come, its end has not.
    private var isAnswered = false
    /// Ends that came where only the Sync is missing. libpq gives them for ever when the connection is gone.
    private var idleEnds = 0
    private var isFailing = false
    /// Whether something failed between the last Sync and the one before, so that nothing of it is left.
    private(set) var hasFailed = false
    /// The number of the statement whose answer comes next; never given twice.
    private(set) var statementNumber: UInt64 = 0

    var isEmpty: Bool { entries.isEmpty }
    /// Requests that are not over, or have not been taken.
    var count: Int { entries.count }
    /// How many `nextFinished` has to give.
    var finishedCount: Int { over }
    /// Whose answer comes next.
    var head: Request? { hasHead ? requests[current] : nil }
    /// The number of the request whose answer comes next.
    var headNumber: UInt64? { hasHead ? entries[current].number : nil }
    /// Whether nobody waits any more for the answer that comes next.
    var isHeadAbandoned: Bool { hasHead && entries[current].isAbandoned }
    /// The step whose answer comes next; empty for the Sync.
    var headStep: PipelineSteps { hasHead && entries[current].left > 0 ? steps[0].first : [] }

    private var hasHead: Bool { current < entries.count }

    /// A request was sent, or the first statement of one. Gives its number.
    /// - Parameter sharesSync: no Sync was sent with it: call `syncSent` when one is.
    mutating func sent(_ request: Request, _ steps: PipelineSteps, sharesSync: Bool = false) -> UInt64 {
        defer { nextNumber += 1 }
        entries.append(Entry(number: nextNumber, hasSync: !sharesSync))
        requests.append(request)
        self.steps.append(steps)
        return nextNumber
    }

    /// One more statement of the request that was sent last.
    mutating func sentMore(_ steps: PipelineSteps) {
        precondition(!entries.isEmpty, "there is no request that this could belong to")
        entries[entries.count - 1].left += 1
        self.steps.append(steps)
    }

    /// The Sync of those that share one was sent.
    mutating func syncSent() {
        guard !entries.isEmpty else { return }
        entries[entries.count - 1].hasSync = true
    }

    /// Nobody waits any more for this request.
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
        let step = headStep
        switch answer {
        case .sync:
            guard step.isEmpty, entries[current].hasSync else {
                return .violation("the server ended a group that was not over")
            }
            current += 1
            over = current
            (hasFailed, isFailing) = (isFailing, false)
            (isAnswered, idleEnds) = (false, 0)
            return nextFinished().map { .finished($0) } ?? .nothing
        case .end:
            guard isAnswered else {
                idleEnds += 1
                return step.isEmpty && idleEnds <= 2 ? .nothing : .violation("an answer is missing")
            }
            isAnswered = false
            if !step.isEmpty { endStep(step) }
            return .nothing
        case .failed:
            // An error may also come at the Sync, where a deferred constraint is checked; no step ends with it.
            isAnswered = !step.isEmpty
            isFailing = true
            return .failed(requests[current], during: step)
        case .aborted:
            isAnswered = true
            return .nothing
        case .row:
            guard step == .execute else { return .violation("a row came for a statement that has none") }
            return .row(requests[current])
        case .rows, .done:
            guard !step.isEmpty else { return .violation("a result came for a statement that was over") }
            isAnswered = true
            switch step {
            case .execute: return .result(requests[current])
            case .prepare: return .prepared(requests[current])
            default: return .nothing
            }
        case .other:
            return .violation("a statement of this kind does not work here; COPY has its own method")
        }
    }

    /// One that is over and has not been taken, after `finished`; nil when all have been.
    mutating func nextFinished() -> Request? {
        guard over > 0 else { return nil }
        over -= 1
        current -= 1
        entries.removeFirst()
        return requests.removeFirst()
    }

    /// The connection is gone: everything that was not answered, in order.
    mutating func lost() -> [Request] {
        defer { self = PipelineState() }
        return Array(requests)
    }

    private mutating func endStep(_ step: PipelineSteps) {
        steps[0].subtract(step)
        guard steps[0].isEmpty else { return }
        steps.removeFirst()
        statementNumber += 1
        entries[current].left -= 1
        if entries[current].left == 0, !entries[current].hasSync {
            current += 1
            idleEnds = 0
        }
    }
}
