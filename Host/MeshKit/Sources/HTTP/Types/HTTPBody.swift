/// A request's content as a sequence of chunks. It can be read once, by one reader.
///
/// Chunks wait in a bounded pipe; the peer gets room for more as they are read, never before.
public struct HTTPBody: Sendable, AsyncSequence {
    /// A chunk, never empty.
    public typealias Element = [UInt8]

    enum Source: Sendable {
        case bytes([UInt8])
        case pipe(HTTPBodyPipe)
    }
    let source: Source

    /// The length the peer announced in `content-length`; 0 if there is no content, `nil` if it is not known.
    public let expectedLength: Int?

    /// Makes a body of bytes at hand: for tests, and for requests without content.
    public init(_ bytes: [UInt8] = []) {
        source = .bytes(bytes)
        expectedLength = bytes.count
    }

    init(pipe: HTTPBodyPipe, expectedLength: Int?) {
        source = .pipe(pipe)
        self.expectedLength = expectedLength
    }

    /// Reads chunk by chunk.
    public struct AsyncIterator: AsyncIteratorProtocol {
        var source: Source

        /// The next chunk, or `nil` at the end. Throws `HTTPError` when the peer goes away or the task is cancelled.
        public mutating func next() async throws -> [UInt8]? {
            switch source {
            case .bytes(let bytes):
                source = .bytes([])
                return bytes.isEmpty ? nil : bytes
            case .pipe(let pipe):
                return try await pipe.next()
            }
        }
    }

    /// Starts reading.
    public func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(source: source)
    }

    /// All of the content. Throws `HTTPError` `bodyTooLarge` as soon as it is known to be over `limit` bytes.
    public func collect(upTo limit: Int) async throws -> [UInt8] {
        if let expectedLength, expectedLength > limit {
            throw HTTPError(.bodyTooLarge, "the content has \(expectedLength) bytes, allowed are \(limit)")
        }
        var iterator = makeAsyncIterator()
        guard var all = try await iterator.next() else { return [] }
        while all.count <= limit, let chunk = try await iterator.next() {
            all.append(contentsOf: chunk)
        }
        guard all.count <= limit else {
            throw HTTPError(.bodyTooLarge, "the content has more than \(limit) bytes")
        }
        return all
    }
}
