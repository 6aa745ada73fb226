/// Whose turn it is to swap one slot: one swap at a time, and of those that wait only the last wanted. A value without I/O.
struct SwapTurns<Request> {
    /// What becomes of a new request.
    enum Entry {
        /// It begins now.
        case begin
        /// It waits for the one under way.
        case wait
        /// It waits, and the one that waited before is not done any more.
        case instead(of: Request)
    }

    private(set) var isBusy = false
    private(set) var waiting: Request?

    /// A swap is wanted.
    mutating func enter(_ request: Request) -> Entry {
        guard isBusy else {
            isBusy = true
            return .begin
        }
        defer { waiting = request }
        return waiting.map { .instead(of: $0) } ?? .wait
    }

    /// The swap under way has switched, or has failed.
    /// - Returns: the one that begins now.
    mutating func leave() -> Request? {
        precondition(isBusy, "only a swap under way ends")
        guard let next = waiting.take() else {
            isBusy = false
            return nil
        }
        return next
    }

    /// The process ends: nothing that waits is begun.
    mutating func end() -> Request? { waiting.take() }
}
