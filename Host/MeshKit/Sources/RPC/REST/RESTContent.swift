internal import HTTP

/// The content of a request as it comes, chunk by chunk; once, by one reader.
public struct RESTContent: Sendable, AsyncSequence {
    /// A chunk, never empty.
    public typealias Element = [UInt8]

    private let body: HTTPBody
    private let limit: Int

    init(_ body: HTTPBody, limit: Int) {
        self.body = body
        self.limit = limit
    }

    /// Reads chunk by chunk.
    public struct AsyncIterator: AsyncIteratorProtocol {
        var body: HTTPBody.AsyncIterator
        let limit: Int
        var count: Int

        /// The next chunk, or nil at the end.
        /// - Throws: a problem: 413 as soon as the content is known to be over the limit, 408 when the peer is too slow,
        ///   400 when it goes away.
        public mutating func next() async throws -> [UInt8]? {
            guard count <= limit else { throw RESTError(HTTPError(.bodyTooLarge, ""), limit: limit) }
            do {
                guard let chunk = try await body.next() else { return nil }
                count += chunk.count
                guard count <= limit else { throw HTTPError(.bodyTooLarge, "") }
                return chunk
            } catch let error as HTTPError where error.code == .cancelled {
                throw CancellationError()
            } catch let error as HTTPError {
                throw RESTError(error, limit: limit)
            }
        }
    }

    /// Starts reading.
    public func makeAsyncIterator() -> AsyncIterator {
        // What is announced as too long is refused before any of it is read.
        AsyncIterator(
            body: body.makeAsyncIterator(),
            limit: limit,
            count: body.expectedLength ?? 0 > limit ? limit + 1 : 0
        )
    }
}
