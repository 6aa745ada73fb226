/// One row of a result. Its values are decoded when they are asked for. Any thread.
public struct PostgresRow: Sendable {
    let result: PostgresResult
    let index: Int

    /// How many columns it has.
    public var columnCount: Int { result.columns.count }

    /// The names of the columns.
    public var columnNames: [String] { (0..<columnCount).map { result.columns.name($0) } }

    /// The first columns as these types, in order.
    ///
    ///     let (id, name) = try row.decode(Int.self, String.self)
    ///
    /// - Throws: `PostgresError` with code `decoding`, which names the column and both types.
    public func decode<each Value: PostgresDecodable>(
        _ types: repeat (each Value).Type
    ) throws(PostgresError) -> (repeat each Value) {
        var column = 0
        func next<Next: PostgresDecodable>(_ type: Next.Type) throws(PostgresError) -> Next {
            defer { column += 1 }
            return try value(at: column, as: type)
        }
        return (repeat try next(each types))
    }

    /// The value of the column at `column`, from 0.
    /// - Throws: `PostgresError` with code `decoding`.
    public func value<Value: PostgresDecodable>(
        at column: Int,
        as type: Value.Type = Value.self
    ) throws(PostgresError) -> Value {
        guard (0..<columnCount).contains(column) else {
            throw PostgresError(.decoding, "column \(column + 1) was read of a row that has \(columnCount)")
        }
        do {
            return try result.withCell(row: index, column: column) { cell throws(PostgresCell.Mismatch) in
                try Value(postgres: cell)
            }
        } catch {
            throw Self.failure(error, Value.self, result, column)
        }
    }

    /// The value of the first column of this name.
    /// - Throws: `PostgresError` with code `decoding`.
    public func value<Value: PostgresDecodable>(
        _ column: String,
        as type: Value.Type = Value.self
    ) throws(PostgresError) -> Value {
        guard let index = result.columns.column(named: column) else {
            throw PostgresError(.decoding, "the result has no column \"\(column)\"")
        }
        return try value(at: index, as: type)
    }

    private static func failure(
        _ mismatch: PostgresCell.Mismatch,
        _ swift: Any.Type,
        _ result: PostgresResult,
        _ column: Int
    ) -> PostgresError {
        let name = result.columns.name(column)
        let type = result.columns.type(column)
        var error = PostgresError(
            .decoding,
            "column \"\(name)\" (\(type)), read as \(swift), \(mismatch)"
        )
        error.column = name
        return error
    }
}
