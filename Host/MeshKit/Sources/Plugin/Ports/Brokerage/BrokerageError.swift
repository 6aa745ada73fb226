/// Why a brokerage has no answer.
public struct BrokerageError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The kinds of failure.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        private enum Kind: String {
            case marketClosed, unsupported, unpriceable, throttled, upstream, malformed, cancelled
        }
        private let kind: Kind
        private init(_ kind: Kind) { self.kind = kind }

        /// Orders of this kind are not taken while the market is closed.
        public static let marketClosed = Code(.marketClosed)
        /// The broker takes no order of this kind; the message says why, for the client.
        public static let unsupported = Code(.unsupported)
        /// There is no price for it: the numbers leave the range that is calculated with.
        public static let unpriceable = Code(.unpriceable)
        /// Too many requests.
        public static let throttled = Code(.throttled)
        /// The broker cannot be reached, or failed.
        public static let upstream = Code(.upstream)
        /// The broker's answer is not what its interface promises.
        public static let malformed = Code(.malformed)
        /// The caller's task was cancelled.
        public static let cancelled = Code(.cancelled)

        /// The name of the code.
        public var description: String { kind.rawValue }
    }

    /// What kind of failure it is.
    public let code: Code
    /// One sentence, safe to show.
    public let message: String

    /// An error of `code`, told by `message`.
    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// `throttled: …`.
    public var description: String { "\(code): \(message)" }
}
