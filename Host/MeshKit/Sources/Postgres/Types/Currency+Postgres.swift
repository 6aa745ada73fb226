public import Money

/// The second of the two columns that an `Amount` has, beside a `numeric`: `character (3)`, or `text` with a check.
extension Currency: PostgresEncodable, PostgresDecodable {
    /// `text`.
    public static let postgresType = PostgresType.text
    /// The three letters.
    public func encode(into buffer: inout PostgresBuffer) { buffer.append(bytes: code.utf8) }
    /// Reads any type of text that holds three upper-case letters.
    public init(postgres cell: PostgresCell) throws(PostgresCell.Mismatch) {
        let text = try String(postgres: cell)
        guard let currency = try? Currency(parsing: text) else { throw .range("is not the code of a currency") }
        self = currency
    }
}
