/// Why an exact calculation or its text has no answer.
public struct DecimalError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The kinds of failure.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        private enum Kind: String { case malformed, overflow, inexact, divisionByZero, currencyMismatch }
        private let kind: Kind
        private init(_ kind: Kind) { self.kind = kind }

        /// The text is not a decimal, a date or a currency code in the one form that is read.
        public static let malformed = Code(.malformed)
        /// The result needs more than 38 digits.
        public static let overflow = Code(.overflow)
        /// The result cannot be written exactly with 18 decimal places, and no rounding was named.
        public static let inexact = Code(.inexact)
        /// The divisor is zero.
        public static let divisionByZero = Code(.divisionByZero)
        /// Two amounts of different currencies met.
        public static let currencyMismatch = Code(.currencyMismatch)

        /// The name of the code.
        public var description: String { kind.rawValue }
    }

    /// What kind of failure it is.
    public var code: Code
    /// One sentence, safe to show to a client.
    public var message: String

    /// An error of `code`, told by `message`.
    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// The message.
    public var description: String { message }

    /// Equal when the codes are: messages are for people.
    public static func == (left: DecimalError, right: DecimalError) -> Bool { left.code == right.code }
}
