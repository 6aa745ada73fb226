/// A value that can be bound to a parameter or written by COPY.
public protocol PostgresEncodable: Sendable {
    /// The type it is bound as.
    static var postgresType: PostgresType { get }
    /// Whether it is NULL; then nothing is encoded.
    var isPostgresNull: Bool { get }
    /// Writes the binary form of `postgresType`.
    func encode(into buffer: inout PostgresBuffer)
}

extension PostgresEncodable {
    /// Only optionals are ever NULL.
    public var isPostgresNull: Bool { false }
}

extension Optional: PostgresEncodable where Wrapped: PostgresEncodable {
    /// The type of the wrapped value.
    public static var postgresType: PostgresType { Wrapped.postgresType }
    /// Whether there is no value.
    public var isPostgresNull: Bool { self?.isPostgresNull ?? true }
    /// Writes the wrapped value.
    public func encode(into buffer: inout PostgresBuffer) { self?.encode(into: &buffer) }
}

extension PostgresEncodable where Self: RawRepresentable, RawValue: PostgresEncodable {
    /// The type of the raw value.
    public static var postgresType: PostgresType { RawValue.postgresType }
    /// Writes the raw value.
    public func encode(into buffer: inout PostgresBuffer) { rawValue.encode(into: &buffer) }
}
