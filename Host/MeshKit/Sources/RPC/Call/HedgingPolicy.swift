/// How a method's calls are hedged: made again while the first is under way, the first answer taken, the others cancelled.
public struct HedgingPolicy: Sendable, Hashable {
    /// How long to wait for an answer before the next attempt.
    public let delay: Duration
    /// Attempts in all.
    public let attempts: Int

    /// As the proto has it (`lonja.options.v1.hedging`).
    public init(delayMilliseconds: Int, attempts: Int) {
        precondition(delayMilliseconds > 0, "a hedged call waits before it is made again")
        precondition((2...3).contains(attempts), "a hedged call has two or three attempts")
        delay = .milliseconds(delayMilliseconds)
        self.attempts = attempts
    }
}
