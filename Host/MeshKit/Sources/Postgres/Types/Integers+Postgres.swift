extension Int16: PostgresEncodable, PostgresDecodable {
    /// `smallint`.
    public static let postgresType = PostgresType.int2
    /// Two bytes.
    public func encode(into buffer: inout PostgresBuffer) { buffer.append(self) }
    /// Reads `smallint`.
    public init(postgres cell: PostgresCell) throws(PostgresCell.Mismatch) {
        self = try cell.read(.int2).integer()
    }
}

extension Int32: PostgresEncodable, PostgresDecodable {
    /// `integer`.
    public static let postgresType = PostgresType.int4
    /// Four bytes.
    public func encode(into buffer: inout PostgresBuffer) { buffer.append(self) }
    /// Reads `smallint` and `integer`.
    public init(postgres cell: PostgresCell) throws(PostgresCell.Mismatch) {
        let bytes = try cell.read(.int2, .int4)
        self = cell.type == .int4 ? try bytes.integer() : Int32(try bytes.integer(Int16.self))
    }
}

extension Int64: PostgresEncodable, PostgresDecodable {
    /// `bigint`.
    public static let postgresType = PostgresType.int8
    /// Eight bytes.
    public func encode(into buffer: inout PostgresBuffer) { buffer.append(self) }
    /// Reads `smallint`, `integer`, `bigint` and `oid`.
    public init(postgres cell: PostgresCell) throws(PostgresCell.Mismatch) {
        let bytes = try cell.present()
        self =
            switch cell.type {
            case .int8: try bytes.integer()
            case .int4: Int64(try bytes.integer(Int32.self))
            case .int2: Int64(try bytes.integer(Int16.self))
            case .oid: Int64(try bytes.integer(UInt32.self))
            default: throw .type
            }
    }
}

extension Int: PostgresEncodable, PostgresDecodable {
    /// `bigint`.
    public static let postgresType = PostgresType.int8
    /// Eight bytes.
    public func encode(into buffer: inout PostgresBuffer) { buffer.append(self) }
    /// Reads `smallint`, `integer`, `bigint` and `oid`.
    public init(postgres cell: PostgresCell) throws(PostgresCell.Mismatch) {
        self = Int(try Int64(postgres: cell))
    }
}
