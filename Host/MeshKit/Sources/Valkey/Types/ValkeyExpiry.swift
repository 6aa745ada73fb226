public import Observe

/// When a value goes away by itself.
public struct ValkeyExpiry: Hashable, Sendable {
    enum Kind: Hashable {
        case after(Duration)
        case at(WallTime)
        case keep
    }
    let kind: Kind

    /// After this time, which must be at least a millisecond; finer parts are rounded up.
    public static func after(_ duration: Duration) -> ValkeyExpiry { ValkeyExpiry(kind: .after(duration)) }
    /// At this moment of the server's clock, to the millisecond.
    public static func at(_ time: WallTime) -> ValkeyExpiry { ValkeyExpiry(kind: .at(time)) }
    /// When the value that is replaced would have gone (KEEPTTL).
    public static let keep = ValkeyExpiry(kind: .keep)

    /// Appends the options of SET and GETEX: PX, PXAT or KEEPTTL.
    func append(to command: inout ValkeyCommand) {
        switch kind {
        case .after(let duration):
            command.append("PX")
            command.append(duration.wholeMilliseconds)
        case .at(let time):
            command.append("PXAT")
            command.append(Int(time.nanosecondsSinceEpoch / 1_000_000))
        case .keep: command.append("KEEPTTL")
        }
    }
}

/// How long a value stays.
public enum ValkeyTimeToLive: Hashable, Sendable {
    /// There is no such key.
    case missing
    /// It stays until it is deleted.
    case unlimited
    /// It goes after this time.
    case expires(Duration)

    /// Reads the answer of PTTL.
    init(_ milliseconds: Int) {
        switch milliseconds {
        case -2: self = .missing
        case ..<0: self = .unlimited
        default: self = .expires(.milliseconds(milliseconds))
        }
    }
}

extension Duration {
    /// Milliseconds, rounded up; at most 100 years, which the server can add to its clock.
    var wholeMilliseconds: Int {
        let (seconds, attoseconds) = components
        if seconds > 3_155_760_000 { return 3_155_760_000_000 }
        return Int(seconds) * 1000 + Int((attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000)
    }
}
