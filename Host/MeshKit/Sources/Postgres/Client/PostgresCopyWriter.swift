/// Takes the rows of a COPY. For the one task that it was given to.
public final class PostgresCopyWriter {
    /// So much is gathered before it is sent.
    static let chunk = 64 << 10

    private let copy: PostgresCopy
    private var buffer = PostgresBuffer()

    init(_ copy: PostgresCopy) {
        self.copy = copy
        // The signature, no flags, no header extension (manual, COPY, "Binary Format").
        buffer.append(bytes: Array("PGCOPY\n".utf8) + [0xFF, 0x0D, 0x0A, 0])
        buffer.append(UInt64(0))
    }

    /// Adds a row, and waits while the server takes no more. The values must have exactly the columns' types: `Int` is
    /// `bigint`, and an `integer` column wants `Int32`.
    /// - Throws: `PostgresError`.
    public func write<each Value: PostgresEncodable>(_ values: repeat each Value) async throws {
        var count: Int16 = 0
        for _ in repeat (each Value).self { count += 1 }
        buffer.append(count)
        for value in repeat each values {
            buffer.appendSized(isNull: value.isPostgresNull) { value.encode(into: &$0) }
        }
        if buffer.count >= Self.chunk { try await flush() }
    }

    /// Sends the rest, and the mark of the end.
    func finish() async throws {
        buffer.append(Int16(-1))
        try await flush()
    }

    private func flush() async throws {
        let bytes = buffer.bytes
        buffer = PostgresBuffer()
        try await copy.put(bytes)
    }
}
