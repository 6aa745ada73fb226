/// Why a driver does not believe a report, or cannot.
public struct MailReportError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The kinds of failure.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        private enum Kind: String { case closed, unsigned, forged, stale, malformed, overloaded }
        private let kind: Kind
        private init(_ kind: Kind) { self.kind = kind }

        /// The driver takes no reports: its provider has none, or no key to check them by is configured.
        public static let closed = Code(.closed)
        /// It lacks what would prove who sent it.
        public static let unsigned = Code(.unsigned)
        /// What should prove it does not.
        public static let forged = Code(.forged)
        /// It was signed too long ago, or in the future: somebody may be sending an old one again.
        public static let stale = Code(.stale)
        /// It comes from the provider, but is not what the provider promises to send.
        public static let malformed = Code(.malformed)
        /// There is too much to do at the moment; the provider may send it again.
        public static let overloaded = Code(.overloaded)

        /// The name of the code.
        public var description: String { kind.rawValue }
    }

    /// What kind of failure it is.
    public let code: Code
    /// One line, safe to show to whoever sent the report.
    public let message: String

    /// An error.
    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// The message.
    public var description: String { message }
}
