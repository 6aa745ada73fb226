/// Sends messages to the other side of a call.
public struct RPCWriter<Element: Sendable>: Sendable {
    private enum Sink: Sendable {
        case pipe(LocalPipe<Element>, ends: Bool)
        case wire(any MessageSink, @Sendable (Element) throws -> [UInt8])
    }
    private let sink: Sink

    /// - Parameter ends: whether `finish` ends the pipe: a client's writer. A handler ends its side by returning.
    init(_ pipe: LocalPipe<Element>, ends: Bool) {
        sink = .pipe(pipe, ends: ends)
    }

    init(_ sink: any MessageSink, _ encode: @escaping @Sendable (Element) throws -> [UInt8]) {
        self.sink = .wire(sink, encode)
    }

    /// Sends one message; waits while the peer's window is full.
    ///
    /// Throws the call's `RPCError` when it has failed, ``CallEnded`` when the server has answered already,
    /// `CancellationError` when the writing task is cancelled.
    public func write(_ message: Element) async throws {
        switch sink {
        case .pipe(let pipe, _): try await pipe.send(message)
        case .wire(let sink, let encode): try await sink.send(encode(message))
        }
    }

    /// Sends one message compressed, or as it is, whatever holds for the others of the call: see ``MessageSink``. Without
    /// effect within a process.
    public func write(_ message: Element, compression: MessageCompression) async throws {
        switch sink {
        case .pipe(let pipe, _): try await pipe.send(message)
        case .wire(let sink, let encode): try await sink.send(encode(message), compression)
        }
    }

    /// Ends a client's side of the call: nothing may be written afterwards. Idempotent; without effect for a handler,
    /// which ends its side by returning.
    public func finish() async throws {
        switch sink {
        case .pipe(let pipe, let ends): if ends { pipe.finish() }
        case .wire(let sink, _): try await (sink as? any RequestSink)?.finish()
        }
    }
}
