extension PostgresClient {
    /// Loads many rows at once, in the binary format of COPY; the fastest way in. All of them or none.
    ///
    ///     try await client.copy(into: "prices", columns: ["symbol", "price"]) { writer in
    ///         for price in prices { try await writer.write(price.symbol, price.value) }
    ///     }
    ///
    /// - Returns: how many rows were loaded.
    /// - Throws: `PostgresError`, or what `body` throws; then nothing is loaded.
    @discardableResult
    public func copy(
        into table: String,
        schema: String? = nil,
        columns: [String],
        _ call: PostgresCall = .standard,
        _ body: (PostgresCopyWriter) async throws -> Void
    ) async throws -> Int {
        let session = try await PostgresSession.begin(anyPool, call)
        defer { session.end(rollingBack: false) }
        return try await PostgresCopy.run(session, table: table, schema: schema, columns: columns, body)
    }
}
