extension Bool: PostgresEncodable, PostgresDecodable {
    /// `boolean`.
    public static let postgresType = PostgresType.bool
    /// One byte.
    public func encode(into buffer: inout PostgresBuffer) { buffer.append(UInt8(self ? 1 : 0)) }
    /// Reads `boolean`.
    public init(postgres cell: PostgresCell) throws(PostgresCell.Mismatch) {
        self = try cell.read(.bool).integer(UInt8.self) != 0
    }
}

extension Double: PostgresEncodable, PostgresDecodable {
    /// `double precision`.
    public static let postgresType = PostgresType.float8
    /// Eight bytes (IEEE 754).
    public func encode(into buffer: inout PostgresBuffer) { buffer.append(bitPattern) }
    /// Reads `real` and `double precision`.
    public init(postgres cell: PostgresCell) throws(PostgresCell.Mismatch) {
        let bytes = try cell.read(.float8, .float4)
        self =
            cell.type == .float8
            ? Double(bitPattern: try bytes.integer()) : Double(Float(bitPattern: try bytes.integer()))
    }
}

extension String: PostgresEncodable, PostgresDecodable {
    /// `text`.
    public static let postgresType = PostgresType.text
    /// UTF-8. The server refuses text with a zero byte (SQLSTATE 22021).
    public func encode(into buffer: inout PostgresBuffer) { buffer.append(bytes: utf8) }
    /// Reads `text`, `character varying`, `character`, `name` and enumerations.
    public init(postgres cell: PostgresCell) throws(PostgresCell.Mismatch) {
        let bytes = try cell.present()
        switch cell.type {
        case .text, .varchar, .bpchar, .name, .unknown: break
        // An enumeration's binary form is its label; that of any other type of the user's has zero bytes.
        case let type where type.isUserDefined && !bytes.contains(0): break
        default: throw .type
        }
        guard let text = String(validating: bytes, as: UTF8.self) else { throw .malformed }
        self = text
    }
}
