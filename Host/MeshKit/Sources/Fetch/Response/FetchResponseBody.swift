internal import Reactor

/// A response's content as a sequence of chunks, read once, by one reader.
public struct FetchResponseBody: AsyncSequence, Sendable {
    /// A chunk, never empty.
    public typealias Element = [UInt8]

    let pipe: FetchPipe

    /// Reads chunk by chunk.
    public struct AsyncIterator: AsyncIteratorProtocol {
        let pipe: FetchPipe

        /// The next chunk, nil at the end.
        ///
        /// - Throws: `FetchError` when the content breaks off, a limit is reached, or the task is cancelled.
        public mutating func next() async throws -> [UInt8]? {
            let pipe = pipe
            guard pipe.loop.isCurrent else { return try await pipe.loop.run { try await pipe.next() } }
            return try await pipe.next()
        }
    }

    /// Starts reading.
    public func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(pipe: pipe)
    }
}
