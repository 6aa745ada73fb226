/// A result that has been received as a whole. Any thread.
public struct PostgresRows: RandomAccessCollection, Sendable {
    let result: PostgresResult

    /// 0.
    public var startIndex: Int { 0 }
    /// How many rows there are.
    public var endIndex: Int { result.rowCount }
    /// The row at `index`.
    public subscript(index: Int) -> PostgresRow {
        precondition(index >= 0 && index < endIndex, "outside of the rows")
        return PostgresRow(result: result, index: index)
    }

    /// How many rows the statement returned or changed.
    public var affectedRows: Int { result.affectedRows }
    /// What the server says was done, such as "INSERT 0 1".
    public var commandTag: String { result.commandTag }

    /// Every row as these types.
    /// - Throws: `PostgresError` with code `decoding`.
    public func decode<each Value: PostgresDecodable>(
        _ types: repeat (each Value).Type
    ) throws(PostgresError) -> [(repeat each Value)] {
        var rows: [(repeat each Value)] = []
        rows.reserveCapacity(count)
        for row in self { rows.append(try row.decode(repeat each types)) }
        return rows
    }
}
