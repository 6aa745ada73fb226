/// A value that cannot be part of a mail. The description does not repeat it, as it is personal.
public struct MailFormatError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The kinds of failure.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        private enum Kind: String { case address, messageID, content }
        private let kind: Kind
        private init(_ kind: Kind) { self.kind = kind }

        /// No mail address, or one that could be read as something else.
        public static let address = Code(.address)
        /// No message id (RFC 5322 §3.6.4), or one too long for a line.
        public static let messageID = Code(.messageID)
        /// Nothing to say, or too much.
        public static let content = Code(.content)

        /// The name of the code.
        public var description: String { kind.rawValue }
    }

    /// What kind of failure it is.
    public let code: Code
    /// What is wrong with the value.
    public let message: String

    init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// The message.
    public var description: String { message }
}
