internal import Reactor

/// Writes the content of a streamed request; valid until the closure it was given to returns.
public struct FetchBodyWriter: Sendable {
    let upload: FetchUpload

    /// Sends bytes; returns when they are on their way or buffered, and waits while the server takes none.
    ///
    /// - Throws: `FetchError` when the request has ended meanwhile or the task is cancelled.
    public func write(_ bytes: [UInt8]) async throws {
        guard upload.loop.isCurrent else { return try await upload.loop.run { try await upload.write(bytes) } }
        try await upload.write(bytes)
    }

    /// Sends the UTF-8 of a text.
    public func write(_ text: String) async throws {
        try await write(Array(text.utf8))
    }
}
