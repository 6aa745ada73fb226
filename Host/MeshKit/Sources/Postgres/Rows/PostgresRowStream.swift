internal import Reactor

/// The rows of a large result, one by one, as fast as they are asked for. One reader; any task.
public struct PostgresRowStream: AsyncSequence, Sendable {
    let queue: PostgresRowQueue

    /// The next row; nil at the end.
    /// - Throws: `PostgresError`.
    public func next() async throws -> PostgresRow? {
        if queue.loop.isCurrent { return try await nextOnLoop() }
        return try await queue.loop.run { try await self.nextOnLoop() }
    }

    private func nextOnLoop() async throws -> PostgresRow? {
        try await queue.next().map { PostgresRow(result: $0, index: 0) }
    }

    /// An iterator; they all take from the same rows.
    public func makeAsyncIterator() -> Iterator { Iterator(stream: self) }

    /// Gives the rows.
    public struct Iterator: AsyncIteratorProtocol {
        let stream: PostgresRowStream

        /// The next row; nil at the end.
        public mutating func next() async throws -> PostgresRow? { try await stream.next() }
    }
}
