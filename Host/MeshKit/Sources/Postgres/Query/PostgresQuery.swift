/// The text of one statement and the values of its parameters.
///
///     let query: PostgresQuery = "SELECT name FROM users WHERE id = \(id)"
///
/// A value in `\( )` becomes a parameter (`$1`, `$2`, …): it travels beside the text and can never change it. The same
/// source text gives the same SQL, so that the statement is prepared once a connection.
public struct PostgresQuery: ExpressibleByStringInterpolation, Sendable {
    /// The text, with numbered parameters.
    public let sql: String
    let bindings: PostgresBindings

    /// A statement without parameters.
    public init(stringLiteral value: String) {
        sql = value
        bindings = PostgresBindings()
    }

    /// A statement whose text was made at run time. Never from what a user wrote.
    public init(unsafeSQL sql: String) {
        self.init(stringLiteral: sql)
    }

    /// A statement with parameters.
    public init(stringInterpolation interpolation: StringInterpolation) {
        sql = interpolation.sql
        bindings = interpolation.bindings
    }

    /// Gathers the text and the values.
    public struct StringInterpolation: StringInterpolationProtocol, Sendable {
        var sql = ""
        var bindings = PostgresBindings()

        /// Begins a statement.
        public init(literalCapacity: Int, interpolationCount: Int) {
            sql.reserveCapacity(literalCapacity + 3 * interpolationCount)
            bindings.reserve(interpolationCount)
        }

        /// Text of the program's own source.
        public mutating func appendLiteral(_ literal: String) { sql.append(literal) }

        /// A value, which becomes the next parameter.
        public mutating func appendInterpolation(_ value: some PostgresEncodable) {
            bindings.append(value)
            sql.append("$")
            sql.append(String(bindings.count))
        }

        /// A value or NULL, which becomes the next parameter.
        public mutating func appendInterpolation<Value: PostgresEncodable>(_ value: Value?) {
            bindings.append(value)
            sql.append("$")
            sql.append(String(bindings.count))
        }

        /// Text made at run time, spliced as it is. Never what a user wrote.
        public mutating func appendInterpolation(unsafeSQL text: String) { sql.append(text) }

        /// The name of a table, column or channel, quoted.
        public mutating func appendInterpolation(identifier name: String) {
            sql.append(PostgresQuery.quoted(name))
        }
    }

    /// The name in double quotes, those in it doubled.
    static func quoted(_ identifier: String) -> String {
        "\"" + identifier.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
    }
}
