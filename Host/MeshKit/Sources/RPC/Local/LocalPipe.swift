import Synchronization

/// One direction of a streaming call between two plugins of a process: a bounded queue that makes its writer wait.
///
/// Any thread on either side; one reader at a time. Either side may end it: the writer with `finish`, after which
/// what is queued can still be read, the reader with `close`, after which nothing can be written.
final class LocalPipe<Element: Sendable>: Sendable {
    private typealias State = LocalPipeState<Element, Reader, Writer>
    typealias Reader = UnsafeContinuation<Element?, any Error>
    typealias Writer = UnsafeContinuation<Void, any Error>

    private let state: Mutex<State>

    /// - Parameter capacity: how many messages wait before the writer does.
    init(capacity: Int = 16) {
        state = Mutex(State(capacity: capacity))
    }

    func send(_ element: Element) async throws {
        switch state.withLock({ $0.push(element) }) {
        case .accepted: return
        case .handed(let reader): return reader.resume(returning: element)
        case .closed(let error): throw error
        case .full: break
        }
        try Task.checkCancellation()
        let ticket = state.withLock { $0.ticket() }
        try await withTaskCancellationHandler {
            try await withUnsafeThrowingContinuation { (writer: Writer) in
                switch state.withLock({ $0.wait(writer, element: element, ticket: ticket) }) {
                case .accepted: writer.resume()
                case .handed(let reader):
                    reader.resume(returning: element)
                    writer.resume()
                case .closed(let error): writer.resume(throwing: error)
                // Cancelled before it was in the queue: the handler below found nothing.
                case .full: if Task.isCancelled { cancelWriter(ticket) }
                }
            }
        } onCancel: {
            cancelWriter(ticket)
        }
    }

    func next() async throws -> Element? {
        switch state.withLock({ $0.pull() }) {
        case .element(let element, let writer):
            writer?.resume()
            return element
        case .end: return nil
        case .failed(let error): throw error
        case .empty: break
        }
        return try await withTaskCancellationHandler {
            try await withUnsafeThrowingContinuation { (reader: Reader) in
                switch state.withLock({ $0.wait(reader) }) {
                case .element(let element, let writer):
                    writer?.resume()
                    reader.resume(returning: element)
                case .end: reader.resume(returning: nil)
                case .failed(let error): reader.resume(throwing: error)
                case .empty: if Task.isCancelled { cancelReader() }
                }
            }
        } onCancel: {
            cancelReader()
        }
    }

    /// The writer has no more. Idempotent: the first call counts.
    func finish(throwing error: (any Error)? = nil) {
        let woken = state.withLock { $0.finish(error) }
        woken.reader.map { reader in
            if let error { reader.resume(throwing: error) } else { reader.resume(returning: nil) }
        }
        for writer in woken.writers { writer.resume() }
    }

    /// The reader wants no more; writers get `error`. Idempotent: the first call counts.
    func close(_ error: any Error) {
        let woken = state.withLock { $0.close(error) }
        woken.reader?.resume(throwing: error)
        for writer in woken.writers { writer.resume(throwing: error) }
    }

    private func cancelReader() {
        state.withLock { $0.removeReader() }?.resume(throwing: CancellationError())
    }

    private func cancelWriter(_ ticket: UInt64) {
        state.withLock { $0.removeWriter(ticket) }?.resume(throwing: CancellationError())
    }
}
