internal import Reactor

/// When a transfer has taken too long: as a whole, for its connection, for its first byte, or between bytes. A value without
/// clock.
///
/// curl has a limit for connections too, but ends all that have come to it within one call, which holds the loop.
struct TransferClock {
    /// Where the transfer is.
    enum Phase {
        /// Waiting for its turn.
        case starting
        /// Looking up the name, connecting, making TLS.
        case connecting
        /// The request is on its way; no byte of the answer has come.
        case asked
        case answering
        /// The reader is slow, or the writer: not the peer's fault.
        case paused
    }

    let deadline: MonotonicTime?
    let connect: Duration
    let firstByte: Duration
    let stall: Duration
    private(set) var phase = Phase.starting
    private var last = MonotonicTime(nanoseconds: 0)
    private var sawHead = false

    init(deadline: MonotonicTime?, connect: Duration, firstByte: Duration, stall: Duration) {
        self.deadline = deadline
        self.connect = connect
        self.firstByte = firstByte
        self.stall = stall
    }

    /// It has its turn; one that starts over has no more time for that.
    mutating func started(_ now: MonotonicTime) {
        guard phase == .starting else { return }
        last = now
        phase = .connecting
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
            case .connecting: last.advanced(by: connect)
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
        return phase == .connecting ? .connectTimeout : .stalled
    }
}
