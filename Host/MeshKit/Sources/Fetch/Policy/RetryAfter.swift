internal import Observe

/// The `retry-after` field (RFC 9110 §10.2.3).
enum RetryAfter {
    /// How long from `now`; nil for what cannot be read, zero for what has passed.
    static func parse(_ text: String, now: WallTime) -> Duration? {
        if let seconds = Int64(text) { return seconds >= 0 ? .seconds(min(seconds, 1 << 31)) : nil }
        return IMFDate.parse(text).map { max(.zero, now.duration(to: $0)) }
    }
}
