/// Why a quote source has no answer.
public struct QuoteSourceError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The kinds of failure.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        private enum Kind: String {
            case unknownSymbol, notEntitled, throttled, quotaExhausted, upstream, malformed, stale, unsupported,
                cancelled
        }
        private let kind: Kind
        private init(_ kind: Kind) { self.kind = kind }

        /// The source has no such symbol.
        public static let unknownSymbol = Code(.unknownSymbol)
        /// The credentials do not allow this.
        public static let notEntitled = Code(.notEntitled)
        /// Too many requests; `retryAfter` says when, if the source did.
        public static let throttled = Code(.throttled)
        /// The quota of the plan is used up.
        public static let quotaExhausted = Code(.quotaExhausted)
        /// The source cannot be reached, or failed.
        public static let upstream = Code(.upstream)
        /// The source's answer is not what its interface promises.
        public static let malformed = Code(.malformed)
        /// The source has only a price too old to be called one.
        public static let stale = Code(.stale)
        /// This source never has this.
        public static let unsupported = Code(.unsupported)
        /// The caller's task was cancelled.
        public static let cancelled = Code(.cancelled)

        /// The name of the code.
        public var description: String { kind.rawValue }

        /// Whether the same call may work soon.
        public var isTransient: Bool { self == .throttled || self == .upstream }
    }

    /// What kind of failure it is.
    public let code: Code
    /// One sentence, safe to show: no address with credentials, no body.
    public let message: String
    /// How long to wait before the next try, if the source said so.
    public let retryAfter: Duration?

    /// An error of `code`, told by `message`.
    public init(_ code: Code, _ message: String, retryAfter: Duration? = nil) {
        self.code = code
        self.message = message
        self.retryAfter = retryAfter
    }

    /// `throttled: …`.
    public var description: String { "\(code): \(message)" }
}
