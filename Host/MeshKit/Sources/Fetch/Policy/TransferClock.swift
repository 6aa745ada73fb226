internal import Reactor

/// When a transfer has taken too long: as a whole, for its first byte, or between bytes. A value without clock.
struct TransferClock {
    /// Where the transfer is.
    enum Phase {
        /// Waiting for its turn, or connecting, which has a limit of its own.
        case starting
        /// The request is on its way; no byte of the answer has come.
        case asked
        case answering
        /// The reader is slow, or the writer: not the peer's fault.
        case paused
    }

    let deadline: MonotonicTime?
    let firstByte: Duration
    let stall: Duration
    private(set) var phase = Phase.starting
    private var last = MonotonicTime(nanoseconds: 0)
    private var sawHead = false

    init(deadline: MonotonicTime?, firstByte: Duration, stall: Duration) {
        self.deadline = deadline
        self.firstByte = firstByte
        self.stall = stall
    }

    /// The connection is there, the request goes out, or some of it has gone.
    mutating func asked(_ now: MonotonicTime) {
        last = now
        phase = sawHead ? .answering : .asked
    }

    /// Bytes of the answer have come.
    mutating func answered(_ now: MonotonicTime) {
        last = now
        sawHead = true
        phase = .answering
    }

    mutating func paused() {
        phase = .paused
    }

    /// Goes on after a pause.
    mutating func resumed(_ now: MonotonicTime) {
        last = now
        phase = sawHead ? .answering : .asked
    }

    /// The next moment to look; nil for never.
    var due: MonotonicTime? {
        let patience: MonotonicTime? =
            switch phase {
            case .starting, .paused: nil
            case .asked: last.advanced(by: firstByte)
            case .answering: last.advanced(by: stall)
            }
        guard let patience else { return deadline }
        return deadline.map { min($0, patience) } ?? patience
    }

    /// What is over at `now`, if something is.
    func overdue(_ now: MonotonicTime) -> FetchError.Code? {
        if let deadline, deadline <= now { return .deadlineExceeded }
        guard let due, due <= now else { return nil }
        return .stalled
    }
}
