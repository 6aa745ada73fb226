import Reactor

/// What of a connection is a matter of time: says, whenever it is asked, what is over its limit, and when to ask again.
/// A value without a clock, so that one timer does for a connection and costs nothing between two looks.
struct HTTP2Watch {
    /// What is to be seen of the connection.
    struct Sight {
        /// When something last came.
        var heard: MonotonicTime
        var streams = 0
        var handlers = 0
        /// The peer's SETTINGS have come, and it has acknowledged ours.
        var isReady = true
        var isAcknowledged = true
        /// Since when a header block is open.
        var blockSince: MonotonicTime?
        /// Bytes that wait for the socket, and how many it has taken in all.
        var pending = 0
        var taken = 0
    }

    enum Finding: Equatable {
        case abuse(HTTP2Abuse)
        /// To be asked for a sign of life.
        case silent
        /// To look after streams whose window is shut.
        case streams
        /// To go away in order.
        case idle, aged
        /// To send the second GOAWAY, though the peer has not answered the first.
        case unanswered
        /// To be cut off: it was asked to go long enough ago.
        case expired
    }

    /// How often streams with output are looked at.
    static let period = Duration.seconds(5)

    private let limits: HTTP2Settings
    private let begun: MonotonicTime
    private let end: MonotonicTime?
    private var keepAlive: HTTP2KeepAlive
    private var waiting: (since: MonotonicTime, taken: Int)?
    private var lastStreams: MonotonicTime
    private var leavingSince: MonotonicTime?
    private var isIdle = false
    private var isAged = false

    /// `spread` is where the maximum age lies between 0.9 and 1.1 of what is set, so that the connections of one moment do
    /// not end, and come back, in one moment.
    init(_ limits: HTTP2Settings, now: MonotonicTime, spread: Double) {
        self.limits = limits
        begun = now
        end = limits.maximumAge.map { now.advanced(by: $0 * spread) }
        keepAlive = HTTP2KeepAlive(limits.keepAlive)
        lastStreams = now
    }

    /// When to look first.
    var first: MonotonicTime { begun.advanced(by: limits.prefaceTimeout) }

    /// How soon to look once the first stream of a connection is open.
    static func attention(_ limits: HTTP2Settings) -> Duration? {
        let window = limits.windowTimeout.map { _ in period }
        guard let window, let silence = limits.keepAlive.withStreams else {
            return window ?? limits.keepAlive.withStreams
        }
        return min(window, silence)
    }

    /// Output has to wait for the socket.
    /// - Returns: when to look; nil if that has been said before.
    mutating func outputWaits(taken: Int, at now: MonotonicTime) -> MonotonicTime? {
        guard waiting == nil else { return nil }
        waiting = (now, taken)
        return now.advanced(by: limits.writeTimeout)
    }

    /// No output waits any more.
    mutating func outputIsOut() { waiting = nil }

    /// The first GOAWAY has been sent.
    /// - Returns: when to look.
    mutating func leaves(at now: MonotonicTime) -> MonotonicTime {
        leavingSince = now
        return now.advanced(by: limits.goawayTimeout)
    }

    /// The second GOAWAY has been sent.
    mutating func hasLeft() { leavingSince = nil }

    /// What is over its limit now, and when to look again.
    mutating func look(_ sight: Sight, at now: MonotonicTime) -> (findings: [Finding], next: MonotonicTime?) {
        var findings: [Finding] = []
        var next: MonotonicTime?
        func isDue(_ time: MonotonicTime) -> Bool {
            if time <= now { return true }
            next = next.map { min($0, time) } ?? time
            return false
        }
        let start = begun.advanced(by: limits.prefaceTimeout)
        if !sight.isReady {
            if isDue(start) { return ([.abuse(.slowStart)], nil) }
        } else if !sight.isAcknowledged, isDue(start) {
            return ([.abuse(.settingsAcknowledgement)], nil)
        }
        if let since = sight.blockSince, isDue(since.advanced(by: limits.headerBlockTimeout)) {
            return ([.abuse(.slowHeaders)], nil)
        }
        if lookAtOutput(sight, now), let since = waiting?.since, isDue(since.advanced(by: limits.writeTimeout)) {
            return ([.abuse(.slowReader)], nil)
        }
        let life = keepAlive.look(heard: sight.heard, hasStreams: sight.streams > 0, at: now)
        switch life.answer {
        case .dead: return ([.abuse(.silent)], nil)
        case .ask: findings.append(.silent)
        case .nothing: break
        }
        if let time = life.next { _ = isDue(time) }
        if limits.windowTimeout != nil, sight.streams > 0, isDue(lastStreams.advanced(by: Self.period)) {
            lastStreams = now
            findings.append(.streams)
            _ = isDue(now.advanced(by: Self.period))
        }
        if let patience = limits.idleTimeout, !isIdle {
            if sight.streams > 0 || sight.handlers > 0 {
                // When the last of them ends nobody looks, so an idle connection is found after twice the time at most.
                _ = isDue(now.advanced(by: patience))
            } else if isDue(sight.heard.advanced(by: patience)) {
                isIdle = true
                findings.append(.idle)
            }
        }
        if let end {
            if !isAged, isDue(end) {
                isAged = true
                findings.append(.aged)
            }
            if isAged, let grace = limits.ageGrace, isDue(end.advanced(by: grace)) { findings.append(.expired) }
        }
        if let since = leavingSince, isDue(since.advanced(by: limits.goawayTimeout)) {
            leavingSince = nil
            findings.append(.unanswered)
        }
        return (findings, next)
    }

    /// Whether output waits, since the socket last took some of it.
    private mutating func lookAtOutput(_ sight: Sight, _ now: MonotonicTime) -> Bool {
        guard sight.pending > 0 else {
            waiting = nil
            return false
        }
        guard let waiting, waiting.taken == sight.taken else {
            waiting = (now, sight.taken)
            return true
        }
        return true
    }
}
