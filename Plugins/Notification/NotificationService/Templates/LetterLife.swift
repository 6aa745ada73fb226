import Observe

/// How long a code or a link holds, in the unit that people would use. Counted from when it was asked for, not from when
/// the mail goes out: so every attempt says the same, and what it says is true.
enum LetterLife: Hashable, Sendable {
    case minutes(Int)
    case hours(Int)

    /// From the moment of acceptance to that of expiry; at least a minute. Rounded to the nearest minute, as the two
    /// were read from clocks that are not the same.
    init(from accepted: WallTime, to expiry: WallTime) {
        let seconds = accepted.duration(to: expiry).components.seconds
        let minutes = max(1, Int((seconds + 30) / 60))
        self = minutes >= 120 ? .hours((minutes + 30) / 60) : .minutes(minutes)
    }
}
