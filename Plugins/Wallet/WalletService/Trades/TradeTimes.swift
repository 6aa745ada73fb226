/// How long the parts of a trade may take.
struct TradeTimes: Sendable {
    /// One call to a peer.
    var call = Duration.seconds(4)
    /// All that is done for one request. Shorter than the lease: while it goes on, nobody else begins.
    var request = Duration.seconds(10)
    /// How long nobody else goes on with an order that somebody works on.
    var lease = Duration.seconds(15)
    /// After so long, an order that the brokerage has not been asked for is undone instead.
    var patience = Duration.seconds(30)
    /// How long a request waits for a brokerage that executes or ends an order later; then the loop goes on.
    var answer = Duration.seconds(2)
    /// How long after its day a brokerage may take to end an order by itself; then it is told to.
    var grace = Duration.seconds(60)
    /// The longest time between two looks at an order that a brokerage keeps.
    var longestPoll = Duration.seconds(30)
    /// The oldest price of an open market that is traded at.
    var oldestPrice = Duration.seconds(1200)
    /// Between two looks for prices that limits wait for, and for what a crash has left.
    var interval = Duration.seconds(1)
    /// How many attempts make an order stuck.
    var stuckAfter = 4
}
