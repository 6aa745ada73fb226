/// A data type of the server, by its object identifier (catalogue `pg_type`).
public struct PostgresType: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    /// The object identifier.
    public let rawValue: UInt32

    /// The type with this identifier.
    public init(rawValue: UInt32) { self.rawValue = rawValue }

    private init(_ rawValue: UInt32) { self.rawValue = rawValue }

    /// Left to the server to infer; for values whose binary form is their text, such as enumerations.
    public static let inferred = PostgresType(0)
    /// `boolean`.
    public static let bool = PostgresType(16)
    /// `bytea`.
    public static let bytea = PostgresType(17)
    /// `name`.
    public static let name = PostgresType(19)
    /// `bigint`.
    public static let int8 = PostgresType(20)
    /// `smallint`.
    public static let int2 = PostgresType(21)
    /// `integer`.
    public static let int4 = PostgresType(23)
    /// `text`.
    public static let text = PostgresType(25)
    /// `oid`.
    public static let oid = PostgresType(26)
    /// `json`.
    public static let json = PostgresType(114)
    /// `real`.
    public static let float4 = PostgresType(700)
    /// `double precision`.
    public static let float8 = PostgresType(701)
    /// A literal that nothing gave a type.
    public static let unknown = PostgresType(705)
    /// `character(n)`.
    public static let bpchar = PostgresType(1042)
    /// `character varying`.
    public static let varchar = PostgresType(1043)
    /// `date`.
    public static let date = PostgresType(1082)
    /// `timestamp without time zone`.
    public static let timestamp = PostgresType(1114)
    /// `timestamp with time zone`.
    public static let timestamptz = PostgresType(1184)
    /// `numeric`.
    public static let numeric = PostgresType(1700)
    /// `uuid`.
    public static let uuid = PostgresType(2950)
    /// `void`, what a procedure without a result returns.
    public static let void = PostgresType(2278)
    /// `jsonb`.
    public static let jsonb = PostgresType(3802)

    /// The type of arrays of this one; nil if this module does not know it.
    public var array: PostgresType? { Self.arrays[self] }

    /// The type of the elements; nil for what is not an array this module knows.
    public var element: PostgresType? { Self.elements[self] }

    /// Whether it is not one of the server's own, such as an enumeration.
    var isUserDefined: Bool { rawValue >= 16_384 }

    /// The name as SQL has it, or `type 12345`.
    public var description: String {
        if let name = Self.names[self] { return name }
        if let element { return "\(element)[]" }
        return rawValue == 0 ? "inferred type" : "type \(rawValue)"
    }

    private static let names: [PostgresType: String] = [
        .bool: "boolean", .bytea: "bytea", .name: "name", .int8: "bigint", .int2: "smallint", .int4: "integer",
        .text: "text", .oid: "oid", .json: "json", .float4: "real", .float8: "double precision", .unknown: "unknown",
        .bpchar: "character", .varchar: "character varying", .date: "date", .timestamp: "timestamp",
        .timestamptz: "timestamp with time zone", .numeric: "numeric", .uuid: "uuid", .void: "void", .jsonb: "jsonb",
        PostgresType(1083): "time", PostgresType(1186): "interval", PostgresType(869): "inet",
    ]

    private static let arrays: [PostgresType: PostgresType] = [
        .bool: PostgresType(1000), .bytea: PostgresType(1001), .name: PostgresType(1003), .int2: PostgresType(1005),
        .int4: PostgresType(1007), .text: PostgresType(1009), .bpchar: PostgresType(1014),
        .varchar: PostgresType(1015), .int8: PostgresType(1016), .float4: PostgresType(1021),
        .float8: PostgresType(1022), .oid: PostgresType(1028), .timestamp: PostgresType(1115),
        .date: PostgresType(1182), .timestamptz: PostgresType(1185), .numeric: PostgresType(1231),
        .uuid: PostgresType(2951), .json: PostgresType(199), .jsonb: PostgresType(3807),
    ]

    private static let elements = Dictionary(uniqueKeysWithValues: arrays.map { ($1, $0) })
}
