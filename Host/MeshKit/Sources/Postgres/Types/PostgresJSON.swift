/// The text of a JSON document, bound as `jsonb` and read from `json` and `jsonb`. It is not parsed here; the server
/// refuses what is not JSON (SQLSTATE 22P02), and `jsonb` answers in its own spelling.
public struct PostgresJSON: Hashable, Sendable {
    /// The document.
    public var text: String

    /// A document by its text.
    public init(_ text: String) { self.text = text }
}

extension PostgresJSON: PostgresEncodable, PostgresDecodable {
    /// `jsonb`.
    public static let postgresType = PostgresType.jsonb

    /// A version number, which is 1, and the text.
    public func encode(into buffer: inout PostgresBuffer) {
        buffer.append(UInt8(1))
        buffer.append(bytes: text.utf8)
    }

    /// Reads `json` and `jsonb`.
    public init(postgres cell: PostgresCell) throws(PostgresCell.Mismatch) {
        var bytes = try cell.read(.jsonb, .json)
        if cell.type == .jsonb {
            guard bytes.first == 1 else { throw .malformed }
            bytes = UnsafeRawBufferPointer(rebasing: bytes.dropFirst())
        }
        guard let text = String(validating: bytes, as: UTF8.self) else { throw .malformed }
        self.init(text)
    }
}
