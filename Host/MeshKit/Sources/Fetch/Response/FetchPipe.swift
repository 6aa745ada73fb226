internal import Reactor

/// The content between curl and its reader: bounded, by making curl pause. Loop only.
// Safe: touched on `loop` alone; cancellation goes through `loop.execute`.
final class FetchPipe: @unchecked Sendable {
    /// Above so much the transfer pauses, below the half of it it goes on.
    static let bufferBytes = 256 << 10

    private enum End {
        case open, finished
        case failed(FetchError)
    }

    let loop: EventLoop
    /// Called when the reader has made room again after `push` refused.
    var resumed: (() -> Void)?

    private var chunks: [[UInt8]] = []
    private var first = 0
    private var buffered = 0
    private var isPaused = false
    private var end = End.open
    private var reader: UnsafeContinuation<Void, Never>?

    init(loop: EventLoop) {
        self.loop = loop
    }

    /// Whether there is room for a chunk; if not, `resumed` follows.
    func hasRoom() -> Bool {
        guard buffered >= Self.bufferBytes else { return true }
        isPaused = true
        return false
    }

    func push(_ bytes: UnsafeRawBufferPointer) {
        guard !bytes.isEmpty else { return }
        chunks.append(Array(bytes))
        buffered += bytes.count
        wake()
    }

    func finish(_ error: FetchError? = nil) {
        guard case .open = end else { return }
        end = error.map { .failed($0) } ?? .finished
        resumed = nil
        wake()
    }

    func next() async throws -> [UInt8]? {
        while true {
            if first < chunks.count { return take() }
            switch end {
            case .finished: return nil
            case .failed(let error): throw error
            case .open: break
            }
            guard !Task.isCancelled else { throw FetchError(.cancelled, "the task was cancelled") }
            await withTaskCancellationHandler {
                await withUnsafeContinuation { continuation in
                    precondition(reader == nil, "a response's content has one reader")
                    reader = continuation
                }
            } onCancel: {
                loop.execute { self.wake() }
            }
        }
    }

    /// So much is copied in one step; an array that grew to many megabytes would move all of it at once.
    private static let copiedAtOnce = 256 << 10

    /// All of it.
    func collect() async throws -> [UInt8] {
        guard var all = try await next() else { return [] }
        var more: [[UInt8]] = []
        var total = all.count
        do {
            while let chunk = try await next() {
                total += chunk.count
                if total <= Self.copiedAtOnce { all.append(contentsOf: chunk) } else { more.append(chunk) }
            }
        } catch {
            // To free megabytes in chunks takes time too.
            while !more.isEmpty {
                more.removeLast(min(more.count, 8))
                await Task.yield()
            }
            throw error
        }
        guard !more.isEmpty else { return all }
        var whole: [UInt8] = []
        whole.reserveCapacity(total)
        whole.append(contentsOf: all)
        all = []
        var copied = 0
        for index in more.indices {
            whole.append(contentsOf: more[index])
            copied += more[index].count
            more[index] = []
            guard copied >= Self.copiedAtOnce else { continue }
            copied = 0
            await Task.yield()
        }
        return whole
    }

    private func take() -> [UInt8] {
        let chunk = chunks[first]
        chunks[first] = []
        first += 1
        if first == chunks.count {
            chunks.removeAll(keepingCapacity: true)
            first = 0
        } else if first >= 64, first >= chunks.count - first {
            chunks.removeSubrange(..<first)
            first = 0
        }
        buffered -= chunk.count
        if isPaused, buffered < Self.bufferBytes / 2 {
            isPaused = false
            resumed?()
        }
        return chunk
    }

    private func wake() {
        reader?.resume()
        reader = nil
    }
}
