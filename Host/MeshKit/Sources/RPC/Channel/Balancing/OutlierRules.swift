/// When an endpoint is ejected: no calls go there for a while.
struct OutlierRules: Sendable {
    /// How often the endpoints are compared, by what they did since the last time.
    var sweep = Duration.seconds(10)
    /// So many failures one after the other are enough at any time.
    var failuresInARow = 5
    /// Answers in the time of a sweep that make a comparison worth while.
    var leastAnswers = 10
    /// A share of good answers that is no reason to eject, whatever the others do.
    var goodShare = 0.8
    /// How much worse than the others together an endpoint must be.
    var margin = 0.2
    /// How long the first ejection lasts; each further one is longer by as much, until a good sweep takes one off.
    var firstEjection = Duration.seconds(30)
    var longestEjection = Duration.seconds(300)
    /// The share of the endpoints that may be ejected.
    var mostEjected = 0.5
    /// How long the one call that tries an ejected endpoint may take before another tries it too.
    var probePatience = Duration.seconds(10)
}
