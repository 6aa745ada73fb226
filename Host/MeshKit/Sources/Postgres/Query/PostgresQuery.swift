/// The text of one statement and the values of its parameters.
///
///     let query: PostgresQuery = "SELECT name FROM users WHERE id = \(id)"
///
/// A value in `\( )` becomes a parameter (`$1`, `$2`, …): it travels beside the text and can never change it. The same
/// source text gives the same SQL, so that the statement is prepared once a connection.
public struct PostgresQuery: ExpressibleByStringInterpolation, Sendable {
    let bindings: PostgresBindings
    /// The text behind the last parameter.
    private let tail: String

    /// The text, with numbered parameters. Made on each use, which sending a prepared statement is not.
    public var sql: String { bindings.count == 0 ? tail : bindings.text + tail }

    /// Whether both are the same statement with other values.
    func isAlike(_ other: PostgresQuery) -> Bool { tail == other.tail && bindings.isAlike(other.bindings) }

    /// The same with every value NULL.
    var withoutValues: PostgresQuery {
        var interpolation = StringInterpolation(literalCapacity: 0, interpolationCount: 0)
        interpolation.text = tail
        interpolation.bindings = bindings.withoutValues
        return PostgresQuery(stringInterpolation: interpolation)
    }

    /// A statement without parameters.
    public init(stringLiteral value: String) {
        tail = value
        bindings = PostgresBindings()
    }

    /// A statement whose text was made at run time. Never from what a user wrote.
    public init(unsafeSQL sql: String) {
        self.init(stringLiteral: sql)
    }

    /// A statement with parameters.
    public init(stringInterpolation interpolation: StringInterpolation) {
        tail = interpolation.text
        bindings = interpolation.bindings
    }

    /// Gathers the text and the values.
    public struct StringInterpolation: StringInterpolationProtocol, Sendable {
        /// What came since the last value.
        var text = ""
        var bindings = PostgresBindings()

        /// Begins a statement.
        public init(literalCapacity _: Int, interpolationCount: Int) {
            bindings.reserve(interpolationCount)
        }

        /// Text of the program's own source.
        public mutating func appendLiteral(_ literal: String) {
            // As it is where it can be: it is not copied then.
            if text.isEmpty { text = literal } else { text.append(literal) }
        }

        /// A value, which becomes the next parameter.
        public mutating func appendInterpolation(_ value: some PostgresEncodable) {
            bindings.append(value, after: text)
            text = ""
        }

        /// A value or NULL, which becomes the next parameter.
        public mutating func appendInterpolation<Value: PostgresEncodable>(_ value: Value?) {
            bindings.append(value, after: text)
            text = ""
        }

        /// Text made at run time, spliced as it is. Never what a user wrote.
        public mutating func appendInterpolation(unsafeSQL text: String) { self.text.append(text) }

        /// The name of a table, column or channel, quoted.
        public mutating func appendInterpolation(identifier name: String) {
            text.append(PostgresQuery.quoted(name))
        }
    }

    /// The name in double quotes, those in it doubled.
    static func quoted(_ identifier: String) -> String {
        "\"" + identifier.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
    }
}
