internal import HTTP
public import Observe

extension FetchResponse {
    /// How long the server asks to wait before the next request: its `retry-after` field in seconds or as a date
    /// (RFC 9110 §10.2.3), counted from `now`, never below zero; nil if there is none, or none that can be read.
    public func retryAfter(now: WallTime) -> Duration? {
        fields["retry-after"].flatMap { RetryAfter.parse($0, now: now) }
    }
}
