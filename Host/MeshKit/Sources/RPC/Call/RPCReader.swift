/// The messages of the other side of a call, in order: `for try await message in reader`.
///
/// One task reads at a time. It ends when the other side has ended well; it throws the call's `RPCError` otherwise, and
/// `CancellationError` when the reading task is cancelled.
public struct RPCReader<Element: Sendable>: AsyncSequence, Sendable {
    private enum Source: Sendable {
        case pipe(LocalPipe<Element>)
        case wire(any MessageSource, @Sendable ([UInt8]) throws -> Element)
    }
    private let source: Source

    init(_ pipe: LocalPipe<Element>) {
        source = .pipe(pipe)
    }

    init(_ source: any MessageSource, _ decode: @escaping @Sendable ([UInt8]) throws -> Element) {
        self.source = .wire(source, decode)
    }

    /// The next message; nil at the good end.
    public func next() async throws -> Element? {
        switch source {
        case .pipe(let pipe): return try await pipe.next()
        case .wire(let source, let decode): return try await source.next().map(decode)
        }
    }

    /// Reads; two iterators of one reader share its messages.
    public func makeAsyncIterator() -> Iterator {
        Iterator(reader: self)
    }

    /// Reads one message after another.
    public struct Iterator: AsyncIteratorProtocol {
        let reader: RPCReader

        /// The next message; nil at the good end.
        public mutating func next() async throws -> Element? {
            try await reader.next()
        }
    }
}
