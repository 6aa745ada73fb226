/// A value that can be read from a column.
public protocol PostgresDecodable: Sendable {
    /// Reads the binary form.
    init(postgres cell: PostgresCell) throws(PostgresCell.Mismatch)
}

extension Optional: PostgresDecodable where Wrapped: PostgresDecodable {
    /// NULL is nil.
    public init(postgres cell: PostgresCell) throws(PostgresCell.Mismatch) {
        self = cell.isNull ? nil : try Wrapped(postgres: cell)
    }
}

extension PostgresDecodable where Self: RawRepresentable, RawValue: PostgresDecodable {
    /// Reads the raw value, which must be one of this type's.
    public init(postgres cell: PostgresCell) throws(PostgresCell.Mismatch) {
        guard let value = Self(rawValue: try RawValue(postgres: cell)) else {
            throw .range("holds a value that this build does not know")
        }
        self = value
    }
}
