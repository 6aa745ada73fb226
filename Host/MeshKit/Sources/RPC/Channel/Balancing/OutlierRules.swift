/// When a channel ejects an endpoint: no calls go there for a while.
public struct OutlierRules: Sendable, Equatable {
    /// How often the endpoints are compared, by what they did since the last time.
    public var sweep = Duration.seconds(10)
    /// So many failures one after the other are enough at any time.
    public var failuresInARow = 5
    /// Answers in the time of a sweep that make a comparison worth while.
    public var leastAnswers = 10
    /// A share of good answers that is no reason to eject, whatever the others do.
    public var goodShare = 0.8
    /// How much worse than the others together an endpoint must be.
    public var margin = 0.2
    /// How long the first ejection lasts; each further one is longer by as much, until a good sweep takes one off.
    public var firstEjection = Duration.seconds(30)
    /// How long an ejection lasts at the most.
    public var longestEjection = Duration.seconds(300)
    /// The share of the endpoints that may be ejected, below 1; 0 ejects none.
    public var mostEjected = 0.5
    /// How long the one call that tries an ejected endpoint may take before another tries it too.
    public var probePatience = Duration.seconds(10)

    /// The defaults.
    public init() {}
}
