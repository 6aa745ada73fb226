import Reactor

/// Counts what costs us more than it costs the peer, and says when it is too much. One for each connection of a server: a
/// value without a clock, one method for each kind of event; an event costs an increment and a compare.
struct HTTP2AbuseBudget {
    private let limits: HTTP2Settings
    private var resets: HTTP2RateBudget
    private var broken: HTTP2RateBudget
    private var settings: HTTP2RateBudget
    private var pings: HTTP2PingStrikes
    private var hasAnswered = false
    private var openedStreams = 0
    private var sentFrames = 0
    private var continuations = 0
    private var empty = 0
    private var priorities = 0
    private var windowUpdates = 0

    init(_ limits: HTTP2Settings, now: MonotonicTime) {
        self.limits = limits
        resets = HTTP2RateBudget(burst: limits.resetBurst, rate: limits.resetRate, now: now)
        broken = resets
        settings = HTTP2RateBudget(burst: limits.settingsBurst, rate: limits.settingsRate, now: now)
        pings = HTTP2PingStrikes(limits.pings)
    }

    // MARK: What the peer sends

    /// A frame begins: its type, flags and length (RFC 9113, 4.1), with how many streams are open.
    mutating func frame(_ type: UInt8, flags: UInt8, length: Int, streams: Int, at now: MonotonicTime) -> HTTP2Abuse? {
        switch type {
        case FrameType.data:
            // How much of a padded frame is content is known when it has come.
            if flags & Flag.padded != 0 { return nil }
            return content(length, isEnd: flags & Flag.endStream != 0)
        case FrameType.headers:
            continuations = 0
            return content(length, isEnd: flags & Flag.endHeaders != 0)
        case FrameType.continuation: return continuation(length)
        case FrameType.priority, FrameType.priorityUpdate: return priority()
        case FrameType.resetStream: return resets.take(at: now) ? nil : .rapidReset
        case FrameType.settings where flags & Flag.acknowledgement == 0: return settings.take(at: now) ? nil : .settings
        case FrameType.ping where flags & Flag.acknowledgement == 0: return ping(hasStreams: streams > 0, at: now)
        case FrameType.windowUpdate: return windowUpdate()
        default: return nil
        }
    }

    /// DATA or the beginning of a header block, with so much in it. The one that ends something is never for nothing.
    mutating func content(_ length: Int, isEnd: Bool) -> HTTP2Abuse? {
        guard length == 0, !isEnd else {
            empty = 0
            return nil
        }
        empty += 1
        return empty > limits.maximumEmptyFrames ? .emptyFrames : nil
    }

    /// A header block goes on in another frame.
    mutating func continuation(_ length: Int) -> HTTP2Abuse? {
        continuations += 1
        return continuations > limits.maximumContinuations ? .continuations : content(length, isEnd: false)
    }

    /// Envoy's formula: so many for each stream, and for the connection.
    mutating func priority() -> HTTP2Abuse? {
        priorities += 1
        return priorities > 100 * (1 + openedStreams) ? .priorities : nil
    }

    /// Envoy's formula: two for each stream, and twenty for each frame of content that it may be an answer to.
    mutating func windowUpdate() -> HTTP2Abuse? {
        windowUpdates += 1
        return windowUpdates > 5 + 2 * (openedStreams + 10 * sentFrames) ? .windowUpdates : nil
    }

    /// The peer asks for a sign of life.
    mutating func ping(hasStreams: Bool, at now: MonotonicTime) -> HTTP2Abuse? {
        if hasAnswered {
            hasAnswered = false
            pings.forgive()
        }
        return pings.ping(at: now, hasStreams: hasStreams) ? nil : .pings
    }

    /// A header list has grown to so many bytes, fields and 32 each.
    func headerList(_ size: Int) -> HTTP2Abuse? {
        size > 4 * limits.maximumHeaderList ? .headerList : nil
    }

    /// The peer has opened a stream.
    mutating func opened() { openedStreams += 1 }

    // MARK: What we send

    /// A stream ends by a reset of ours that the peer is the cause of: a frame that is wrong, a stream too many.
    mutating func broke(at now: MonotonicTime) -> HTTP2Abuse? { broken.take(at: now) ? nil : .brokenStreams }

    /// The beginning of an answer goes out.
    mutating func answered() { hasAnswered = true }

    /// A frame of content goes out.
    mutating func sent() {
        sentFrames += 1
        hasAnswered = true
    }
}

/// RFC 9113, 6, and RFC 9218, 7.1.
private enum FrameType {
    static let data: UInt8 = 0
    static let headers: UInt8 = 1
    static let priority: UInt8 = 2
    static let resetStream: UInt8 = 3
    static let settings: UInt8 = 4
    static let ping: UInt8 = 6
    static let windowUpdate: UInt8 = 8
    static let continuation: UInt8 = 9
    static let priorityUpdate: UInt8 = 16
}

private enum Flag {
    static let endStream: UInt8 = 1
    static let acknowledgement: UInt8 = 1
    static let endHeaders: UInt8 = 4
    static let padded: UInt8 = 8
}
