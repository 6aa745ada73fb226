/// Carries serialised messages to the process that serves a method: a channel. `RPCPeer` encodes and decodes around it.
///
/// Every function runs on its caller's loop and throws `RPCError`, or `CancellationError` when the caller's own task is
/// cancelled. Deadline, metadata and trace to send are the context's; what the server's header and trailer hold goes
/// into `context.received`, where that is not nil.
public protocol RPCTransport: Sendable {
    /// One request, one response. Retries, where the method is idempotent, are the transport's business.
    /// - Parameter message: the request, serialised, without the five bytes of its prefix.
    /// - Returns: the response, serialised. A status other than OK is thrown.
    func unary(_ method: RPCMethod, _ message: [UInt8], _ context: CallContext) async throws -> [UInt8]

    /// Opens a stream, runs `body` with both ends of it, and closes it.
    ///
    /// A stream that hasn't ended when `body` returns or throws is reset with CANCEL. What `body` throws is rethrown.
    func open<Result>(
        _ method: RPCMethod,
        _ context: CallContext,
        _ body: (any RequestSink, any MessageSource) async throws -> Result
    ) async throws -> Result
}

/// Serialised messages coming in, in order.
public protocol MessageSource: Sendable {
    /// The next message; nil at the end of a good stream. One reader at a time.
    ///
    /// Throws `RPCError` for a status other than OK (a client's side), for a stream that was reset, for a message over
    /// the limit; `CancellationError` when the reading task is cancelled.
    func next() async throws -> [UInt8]?
}

/// Serialised messages going out, in order.
public protocol MessageSink: Sendable {
    /// Takes one message and waits while the peer's window is full.
    ///
    /// Throws the call's `RPCError` when it has already failed, ``CallEnded`` when it has already ended with OK.
    func send(_ message: [UInt8]) async throws
    /// The same for a message that is to be compressed, or not to be, whatever holds for the others of the call. One that
    /// cannot be, since the call has begun without an encoding, is sent as it is.
    func send(_ message: [UInt8], _ compression: MessageCompression) async throws
}

extension MessageSink {
    /// Without regard to the wish: where nothing is ever compressed.
    public func send(_ message: [UInt8], _ compression: MessageCompression) async throws {
        try await send(message)
    }
}

/// A client's side of a stream: messages, then a half-close.
public protocol RequestSink: MessageSink {
    /// No more messages (END_STREAM). Idempotent.
    func finish() async throws
}

/// The server ended the call with OK before it had read every message; its answer can still be read.
public struct CallEnded: Error, Sendable, CustomStringConvertible {
    /// Makes one.
    public init() {}

    /// Safe to show.
    public var description: String { "the call has already ended" }
}
