import Reactor

/// How often a peer may ask for a sign of life (gRFC A8): each PING that comes too early is a strike, and one strike more
/// than is allowed is too many. What we send of answers wipes them out, as peers measure by PING what they receive. A value.
package struct HTTP2PingStrikes {
    /// The least time between two, with streams open and without; and how many may come earlier.
    package struct Limits: Sendable {
        package var withStreams = Duration.seconds(10)
        package var withoutStreams = Duration.seconds(300)
        package var strikes = 2

        package init() {}
    }

    private let limits: Limits
    private var strikes = 0
    private var last: MonotonicTime?

    init(_ limits: Limits) {
        self.limits = limits
    }

    /// One has come.
    /// - Returns: false when it is one too many.
    mutating func ping(at now: MonotonicTime, hasStreams: Bool) -> Bool {
        defer { last = now }
        let least = hasStreams ? limits.withStreams : limits.withoutStreams
        guard let last, last.duration(to: now) < least else { return true }
        strikes += 1
        return strikes <= limits.strikes
    }

    /// A part of an answer has been sent.
    mutating func forgive() {
        strikes = 0
        last = nil
    }
}
