import Reactor

/// When a silent peer is asked for a sign of life by PING (gRFC A8, A9), and when it is given up. A value without a clock.
package struct HTTP2KeepAlive {
    /// How long the peer may be silent, with streams open and without, before it is asked; nil never asks. Whatever it then
    /// sends is an answer.
    package struct Limits: Sendable {
        package var withStreams: Duration? = .seconds(7200)
        package var withoutStreams: Duration? = .seconds(7200)
        package var timeout = Duration.seconds(20)

        package init() {}

        /// For a client: off, unless it asks for it; never more often than every ten seconds, which servers take for abuse.
        package static func client(every time: Duration? = nil, withoutStreams: Bool = false) -> Limits {
            var limits = Limits()
            limits.withStreams = time.map { max($0, .seconds(10)) }
            limits.withoutStreams = withoutStreams ? limits.withStreams : nil
            return limits
        }
    }

    enum Answer { case nothing, ask, dead }

    private let limits: Limits
    private var asked: MonotonicTime?

    init(_ limits: Limits) {
        self.limits = limits
    }

    /// What to do now, and when to look again.
    mutating func look(
        heard: MonotonicTime,
        hasStreams: Bool,
        at now: MonotonicTime
    ) -> (answer: Answer, next: MonotonicTime?) {
        if let asked, heard <= asked {
            let end = asked.advanced(by: limits.timeout)
            return end <= now ? (.dead, nil) : (.nothing, end)
        }
        asked = nil
        guard let patience = hasStreams ? limits.withStreams : limits.withoutStreams else { return (.nothing, nil) }
        let due = heard.advanced(by: patience)
        guard due <= now else { return (.nothing, due) }
        asked = now
        return (.ask, now.advanced(by: limits.timeout))
    }
}
