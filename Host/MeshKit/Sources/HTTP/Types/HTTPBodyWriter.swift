/// Writes the content of a streamed response; valid until the closure it was given to returns.
public struct HTTPBodyWriter: Sendable {
    let exchange: HTTPExchange

    /// Sends bytes; returns when they are on their way or buffered, and waits while the peer's window (or the socket)
    /// is full. Throws `HTTPError` when the peer is gone or the task is cancelled.
    public func write(_ bytes: [UInt8]) async throws {
        try await exchange.write(bytes)
    }

    /// The same, which waits as soon as more than `limit` bytes are buffered: for what is worth less the longer it waits.
    public func write(_ bytes: [UInt8], buffering limit: Int) async throws {
        try await exchange.write(bytes, highWater: min(limit, HTTPExchange.highWater))
    }

    /// From now on no more than so many bytes wait in the kernel for a peer that has no room: with `write(_:buffering:)`,
    /// what a slow peer reads next is new.
    public func limitUnsent(_ bytes: Int) async throws {
        try await exchange.limitUnsent(bytes)
    }

    /// Sends the UTF-8 of a string.
    public func write(_ text: String) async throws {
        try await exchange.write(Array(text.utf8))
    }
}
