internal import Reactor

/// Content on its way from the closure that writes it to curl. Loop only.
// Safe: touched on `loop` alone; cancellation goes through `loop.execute`.
final class FetchUpload: LoopJob, @unchecked Sendable {
    /// So much may wait before the closure has to.
    static let bufferBytes = 64 << 10

    /// What curl gets when it asks.
    enum Read: Equatable {
        case bytes(Int)
        /// Nothing now; `wanted` follows.
        case wait
        case end
        case fail
    }

    let loop: EventLoop
    /// Called when there is something after `wait`.
    var wanted: (() -> Void)?
    /// Why the closure failed.
    private(set) var failure: (any Error)?

    private let length: Int?
    private var written = 0
    private let produce: @Sendable (FetchBodyWriter) async throws -> Void
    private var buffer: [UInt8] = []
    private var taken = 0
    private var isFinished = false
    private var isAborted = false
    private var isStarved = false
    private var worker: LoopWorker?
    private var isRunning = false
    private var writer: UnsafeContinuation<Void, Never>?
    private var joining: [UnsafeContinuation<Void, Never>] = []

    init(_ loop: EventLoop, length: Int?, _ produce: @escaping @Sendable (FetchBodyWriter) async throws -> Void) {
        self.loop = loop
        self.length = length
        self.produce = produce
    }

    func start() {
        isRunning = true
        worker = LoopWorkers.of(loop).run(self)
    }

    func run() async {
        do {
            if !isAborted { try await produce(FetchBodyWriter(upload: self)) }
            if let length, written < length {
                throw FetchError(.invalidRequest, "the content has \(written) bytes, announced were \(length)")
            }
        } catch {
            failure = error
        }
        isFinished = true
        isRunning = false
        wantedIfStarved()
        let woken = joining
        joining = []
        for waiting in woken { waiting.resume() }
    }

    /// The request is over: the closure is cancelled.
    func abort() {
        guard !isAborted else { return }
        isAborted = true
        wanted = nil
        wakeWriter()
        worker?.cancel()
    }

    /// Returns when the closure has.
    func join() async {
        guard isRunning else { return }
        await withUnsafeContinuation { joining.append($0) }
    }

    func write(_ bytes: [UInt8]) async throws {
        written += bytes.count
        if let length, written > length {
            throw FetchError(.invalidRequest, "the content has more than the announced \(length) bytes")
        }
        while !isAborted, !Task.isCancelled, buffer.count - taken >= Self.bufferBytes {
            await withTaskCancellationHandler {
                await withUnsafeContinuation { continuation in
                    precondition(writer == nil, "a request's content has one writer")
                    writer = continuation
                }
            } onCancel: {
                loop.execute { self.wakeWriter() }
            }
        }
        guard !isAborted, !Task.isCancelled else { throw FetchError(.cancelled, "the request has ended") }
        buffer.append(contentsOf: bytes)
        wantedIfStarved()
    }

    /// Fills curl's buffer. Within a callback of curl: resumes only tasks, which run later.
    func read(into space: UnsafeMutableRawBufferPointer) -> Read {
        let count = min(space.count, buffer.count - taken)
        guard count > 0 else {
            if failure != nil || isAborted { return .fail }
            if isFinished { return .end }
            isStarved = true
            return .wait
        }
        buffer.withUnsafeBytes { space.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[taken..<taken + count])) }
        taken += count
        if taken == buffer.count {
            buffer.removeAll(keepingCapacity: true)
            taken = 0
        } else if taken > Self.bufferBytes {
            buffer.removeSubrange(..<taken)
            taken = 0
        }
        if buffer.count - taken < Self.bufferBytes { wakeWriter() }
        return .bytes(count)
    }

    private func wantedIfStarved() {
        guard isStarved, !isAborted else { return }
        isStarved = false
        wanted?()
    }

    private func wakeWriter() {
        writer?.resume()
        writer = nil
    }
}
