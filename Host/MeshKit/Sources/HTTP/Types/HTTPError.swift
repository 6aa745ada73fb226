/// Why a body could not be read or written.
public struct HTTPError: Error, Sendable, Hashable {
    /// The kinds of failure; new ones may come.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        private enum Value: String {
            case bodyTooLarge, incomplete, malformed, timeout, reset, closed, cancelled, misuse
        }
        private let value: Value

        /// The body is longer than what the reader or the server allows.
        public static let bodyTooLarge = Code(value: .bodyTooLarge)
        /// The peer ended before its body was complete.
        public static let incomplete = Code(value: .incomplete)
        /// The peer broke the protocol within the body.
        public static let malformed = Code(value: .malformed)
        /// The peer made no progress for too long.
        public static let timeout = Code(value: .timeout)
        /// The peer cancelled this exchange.
        public static let reset = Code(value: .reset)
        /// The connection is gone.
        public static let closed = Code(value: .closed)
        /// The task that waited was cancelled.
        public static let cancelled = Code(value: .cancelled)
        /// The caller wrote after the end, or more than it announced.
        public static let misuse = Code(value: .misuse)

        /// The name of the code.
        public var description: String { value.rawValue }
    }

    /// What happened.
    public let code: Code
    /// One sentence that may be shown to a peer.
    public let message: String

    /// Makes an error.
    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// The status that tells the peer of a failure while reading its body: 413, 408 or 400.
    public var status: Int {
        switch code {
        case .bodyTooLarge: 413
        case .timeout: 408
        default: 400
        }
    }
}

extension HTTPError: CustomStringConvertible {
    /// Code and sentence.
    public var description: String { "\(code): \(message)" }
}
