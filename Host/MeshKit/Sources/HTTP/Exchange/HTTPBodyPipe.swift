import Reactor

/// The queue of chunks between a connection and the handler's `HTTPBody`. Everything is loop only but `next()`.
///
/// It has no bound of its own: the source stops its peer by the window it returns, and that is `returnWindow`, called
/// when a chunk is read.
// Safe: all state is touched on `loop` alone; `next()` hops there when it is called from elsewhere.
final class HTTPBodyPipe: @unchecked Sendable {
    private enum End {
        case open, finished
        case failed(HTTPError)
    }

    let loop: EventLoop
    weak var source: (any HTTPBodySource)?
    /// Bytes waiting to be read.
    private(set) var bufferedBytes = 0
    /// Whether the reader is gone, and what still comes is thrown away.
    private(set) var isDiscarding = false

    /// Those that have been read are empty, until they are dropped.
    private(set) var chunks: [[UInt8]] = []
    private var firstChunk = 0
    /// What comes is added to the last chunk as long as that is no larger: content that comes byte by byte would take
    /// fifty times its size.
    private static let joinedBytes = 4 << 10
    private var end = End.open
    private var reader: UnsafeContinuation<Void, Never>?
    private var wanted = false

    init(loop: EventLoop) {
        self.loop = loop
    }

    /// Whether the source has said that nothing more comes.
    var isEnded: Bool {
        if case .open = end { false } else { true }
    }

    // MARK: Connection side

    /// Adds a chunk.
    func push(_ bytes: [UInt8]) {
        guard !bytes.isEmpty, !isEnded else { return }
        guard !isDiscarding else {
            source?.returnWindow(bytes.count)
            return
        }
        if let last = chunks.indices.last, chunks[last].count + bytes.count <= Self.joinedBytes {
            chunks[last].append(contentsOf: bytes)
        } else {
            chunks.append(bytes)
        }
        bufferedBytes += bytes.count
        wakeReader()
    }

    /// The content is complete.
    func finish() {
        guard !isEnded else { return }
        end = .finished
        wakeReader()
    }

    /// The content will never be complete. What was received is still read first, except after a reset by the peer.
    func fail(_ error: HTTPError) {
        guard !isEnded else { return }
        end = .failed(error)
        wakeReader()
    }

    /// The reader is gone: returns the window of all that waits, and of all that comes.
    func discard() {
        guard !isDiscarding else { return }
        isDiscarding = true
        let waiting = bufferedBytes
        chunks = []
        firstChunk = 0
        bufferedBytes = 0
        wakeReader()
        if waiting > 0 {
            source?.returnWindow(waiting)
        }
    }

    // MARK: Handler side

    /// The next chunk, `nil` at the end.
    func next() async throws -> [UInt8]? {
        guard loop.isCurrent else {
            return try await loop.run { try await self.nextOnLoop() }
        }
        return try await nextOnLoop()
    }

    private func nextOnLoop() async throws -> [UInt8]? {
        while true {
            if firstChunk < chunks.count {
                return takeChunk()
            }
            switch end {
            case .finished: return nil
            case .failed(let error): throw error
            case .open: break
            }
            guard !isDiscarding else { return nil }
            guard !Task.isCancelled else { throw HTTPError(.cancelled, "the exchange was cancelled") }
            if !wanted {
                wanted = true
                source?.bodyWanted()
            }
            await wait()
        }
    }

    private func takeChunk() -> [UInt8] {
        let chunk = chunks[firstChunk]
        chunks[firstChunk] = []
        firstChunk += 1
        if firstChunk == chunks.count {
            chunks.removeAll(keepingCapacity: true)
            firstChunk = 0
        } else if firstChunk >= 64, firstChunk >= chunks.count - firstChunk {
            chunks.removeSubrange(..<firstChunk)
            firstChunk = 0
        }
        bufferedBytes -= chunk.count
        source?.returnWindow(chunk.count)
        return chunk
    }

    private func wait() async {
        await withTaskCancellationHandler {
            await withUnsafeContinuation { continuation in
                precondition(reader == nil, "a body has one reader")
                reader = continuation
            }
        } onCancel: {
            // May run on any thread, also before the continuation exists; on the loop it comes after it.
            loop.execute { self.wakeReader() }
        }
    }

    private func wakeReader() {
        guard let reader else { return }
        self.reader = nil
        reader.resume()
    }
}
