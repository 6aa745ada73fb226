internal import Reactor
internal import SwiftProtobuf

/// Why, for programs: `google.rpc.ErrorInfo` (`string reason = 1`, `string domain = 2`) and when to try again:
/// `google.rpc.RetryInfo` (`Duration retry_delay = 1`, of `int64 seconds = 1` and `int32 nanos = 2`).
extension RPCError {
    private static let errorInfo = "type.googleapis.com/google.rpc.ErrorInfo"
    private static let retryInfo = "type.googleapis.com/google.rpc.RetryInfo"

    /// An error with a stable reason, which the public API shows as the problem's `code`.
    /// - Parameters:
    ///   - reason: in lower-kebab-case: "email-unverified".
    ///   - retryAfter: when it is worth while to try again; rounded up to whole seconds.
    public init(_ code: Code, _ message: String, reason: StaticString, retryAfter: Duration? = nil) {
        var details = [
            Self.any(Self.errorInfo, DetailFields.encoded(1, reason.description) + DetailFields.encoded(2, "lonja"))
        ]
        if let retryAfter {
            let seconds = max(1, (retryAfter.wholeNanoseconds + 999_999_999) / 1_000_000_000)
            details.append(
                Self.any(Self.retryInfo, DetailFields.encoded(1, [1 << 3] + DetailFields.varint(Int(seconds))))
            )
        }
        self.init(code, message, details: details)
    }

    /// The stable reason; nil where there is none.
    public var reason: String? {
        detail(Self.errorInfo).flatMap { bytes in
            DetailFields.members(bytes).first { $0.number == 1 }.map { String(decoding: $0.bytes, as: UTF8.self) }
        }
    }

    /// When to try again; nil where nothing is said.
    public var retryAfter: Duration? {
        detail(Self.retryInfo).flatMap { bytes in
            guard let delay = DetailFields.members(bytes).first(where: { $0.number == 1 })?.bytes else { return nil }
            var rest = delay[...]
            var sum = Duration.zero
            while let tag = rest.popFirst() {
                guard tag == 1 << 3 || tag == 2 << 3, let value = DetailFields.takeVarint(&rest) else { return nil }
                sum += tag == 1 << 3 ? .seconds(value) : .nanoseconds(value)
            }
            return sum
        }
    }

    private static func any(_ type: String, _ value: [UInt8]) -> Google_Protobuf_Any {
        var any = Google_Protobuf_Any()
        any.typeURL = type
        any.value.append(contentsOf: value)
        return any
    }

    private func detail(_ type: String) -> [UInt8]? {
        details.first { $0.typeURL == type }.map { Array($0.value) }
    }
}
