/// Writes the content of a streamed response; valid until the closure it was given to returns.
public struct HTTPBodyWriter: Sendable {
    let exchange: HTTPExchange

    /// Sends bytes; returns when they are on their way or buffered, and waits while the peer's window (or the socket)
    /// is full. Throws `HTTPError` when the peer is gone or the task is cancelled.
    public func write(_ bytes: [UInt8]) async throws {
        try await exchange.write(bytes)
    }

    /// Sends the UTF-8 of a string.
    public func write(_ text: String) async throws {
        try await exchange.write(Array(text.utf8))
    }
}
