/// Why the configuration is refused: one line for each thing wrong, never with the value of a secret.
public struct ConfigurationError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The kinds of fault.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        private enum Kind: String { case unknownKey, invalidValue, missingValue, unreadable, contradiction }
        private let kind: Kind
        private init(_ kind: Kind) { self.kind = kind }

        /// A source has a key that nobody declares.
        public static let unknownKey = Code(.unknownKey)
        /// A value is not what its key asks for.
        public static let invalidValue = Code(.invalidValue)
        /// A required key has no value.
        public static let missingValue = Code(.missingValue)
        /// A file cannot be read, or is not what it should be.
        public static let unreadable = Code(.unreadable)
        /// Two declarations do not go together.
        public static let contradiction = Code(.contradiction)

        /// The name of the code.
        public var description: String { kind.rawValue }
    }

    /// One thing wrong.
    public struct Problem: Sendable, Hashable, CustomStringConvertible {
        /// What kind of fault it is.
        public let code: Code
        /// The key, the variable or the file it is about.
        public let subject: String
        /// One line: the key, the value, where it came from, what to do.
        public let description: String
    }

    /// What is wrong; never empty, in the order of the sources.
    public let problems: [Problem]

    /// The code of the first problem.
    public var code: Code { problems[0].code }

    init(_ problems: [Problem]) {
        precondition(!problems.isEmpty, "a configuration error names a problem")
        self.problems = problems
    }

    /// A value that is of its key's kind and still makes no sense to whoever asked for it.
    /// - Parameter line: the key, the value unless it is secret, where it came from, what to do.
    public init(invalid key: String, _ line: String) {
        self.init([Problem(code: .invalidValue, subject: key, description: line)])
    }

    /// One line for each problem.
    public var description: String { problems.map(\.description).joined(separator: "\n") }
}
