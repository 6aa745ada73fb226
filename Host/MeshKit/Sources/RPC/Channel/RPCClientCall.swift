internal import HTTP
internal import Observe
internal import Reactor

/// One call at the client: what comes on its stream, until a status is known. Loop only.
// Safe: touched on `loop` alone; its cancellation goes through `loop.execute`.
final class RPCClientCall: HTTP2StreamHandler, @unchecked Sendable {
    let loop: EventLoop
    let connection: RPCClientConnection
    let queue: MessageQueue
    let room: RoomSignal
    private(set) var stream: HTTP2Stream?
    /// How the call ended; nil while it goes on.
    private(set) var outcome: Result<Void, RPCError>?
    /// The server never saw the call: another may be tried in its place.
    private(set) var wasRefused = false
    /// The connection went away under the call, of which nothing had come back: nobody knows whether the server saw it.
    private(set) var wasLost = false

    /// What the server says of trying again; nil where it says nothing.
    private(set) var pushback: RetryPushback?

    private let received: ResponseMetadata?
    private let deadline: MonotonicTime?
    private let compression: RequestCompression
    private var deframer: MessageDeframer
    private var timer: LoopTimer?
    private var sawHead = false
    private var status: RPCError?
    private var sawStatus = false
    private let start = MonotonicTime.now()
    private let shard: ChannelShard

    init(
        _ method: RPCMethod,
        _ context: CallContext,
        _ connection: RPCClientConnection,
        _ shard: ChannelShard,
        authority: String,
        limit: Int,
        compression: MessageCompression
    ) throws {
        loop = shard.loop
        self.connection = connection
        self.shard = shard
        received = context.received
        deadline = context.deadline
        self.compression = RequestCompression(context.compression, channel: compression)
        deframer = MessageDeframer(limit: limit)
        queue = MessageQueue(loop: loop, limit: limit)
        room = RoomSignal(loop: loop)
        let fields = Self.fields(method, context, authority, connection, self.compression)
        guard let stream = connection.http.open(fields, end: false, self) else {
            shard.finished(connection, nanoseconds: nil)
            throw RPCError(.unavailable, "the connection takes no more calls")
        }
        self.stream = stream
        queue.taken = { waiting in stream.keepUnread(waiting) }
        if let deadline = context.deadline {
            timer = loop.schedule(at: deadline) { self.abort(.deadlineExceeded) }
        }
    }

    /// Ends the call from this side.
    func abort(_ error: RPCError) {
        guard outcome == nil else { return }
        stream?.reset(.cancel)
        finish(.failure(error), measured: error.code == .deadlineExceeded)
    }

    /// Sends one message; the caller has seen to it that there is room.
    func write(_ message: [UInt8], _ wanted: MessageCompression = .automatic) async {
        guard compression.isWanted(for: message, wanted) else {
            stream?.write(MessageDeframer.frame(message))
            return
        }
        let frame = await GzipStates.of(loop).framed(message)
        stream?.write(frame)
    }

    // MARK: HTTP2StreamHandler

    func headers(_ block: borrowing HTTP2HeaderBlock, isEnd: Bool) {
        let head = RPCResponseHead(block, isFirst: !sawHead, isEnd: isEnd)
        // What comes before the answer's head: 100, 103.
        if head.isInformational { return }
        guard !head.isOversized else {
            return abort(RPCError(.resourceExhausted, "the header list of the answer is too large"))
        }
        if !sawHead {
            sawHead = true
            if let error = head.refusal { return abort(error) }
            guard head.hasStatus else {
                deframer.acceptsCompressed = head.usesGzip
                if head.usesGzip { queue.coding = received ?? ResponseMetadata() }
                received?.initial = head.metadata
                return
            }
        }
        sawStatus = head.hasStatus
        received?.trailing = head.metadata
        pushback = head.pushback
        if let pushback { received?.retryPushback = pushback }
        status = head.error
    }

    func data(_ bytes: UnsafeRawBufferPointer) {
        guard outcome == nil else {
            stream?.consume(bytes.count)
            return
        }
        do {
            try deframer.append(bytes) { queue.push($0, isCompressed: $1) }
        } catch {
            return abort(error.error)
        }
        stream?.keepUnread(queue.waitingBytes)
    }

    func receivedEnd() {
        guard outcome == nil else { return }
        if let status {
            finish(.failure(status), measured: true)
        } else if !sawStatus {
            finish(.failure(RPCError(.unknown, "the server ended the call without a status")), measured: true)
        } else if deframer.partialBytes > 0 {
            finish(.failure(RPCError(.internalError, "the answer ends inside a message")), measured: true)
        } else {
            finish(.success(()), measured: true)
        }
        // The server wants nothing more, and may not say so (PROTOCOL-HTTP2.md, "Early Server Closure").
        if let stream, !stream.hasSentEnd { stream.reset(.noError) }
    }

    func drained() {
        room.signal()
    }

    func closed(_ code: HTTP2ErrorCode) {
        stream = nil
        guard outcome == nil else { return }
        switch code {
        case .refusedStream:
            wasRefused = true
            finish(.failure(RPCError(.unavailable, "the server refused the call")), measured: false)
        case .cancel where deadline.map { $0 <= .now() } ?? false:
            // The server's clock was a little faster.
            finish(.failure(.deadlineExceeded), measured: true)
        case .cancel:
            finish(.failure(RPCError(.cancelled, "the server cancelled the call")), measured: false)
        case .enhanceYourCalm:
            finish(.failure(RPCError(.resourceExhausted, "the server asks for calm")), measured: false)
        case .inadequateSecurity:
            finish(.failure(RPCError(.permissionDenied, "the server asks for TLS")), measured: false)
        case .connectionLost:
            wasLost = !sawHead
            finish(.failure(RPCError(.unavailable, "the connection was lost")), measured: false)
        default:
            let error = RPCError(.internalError, "the server reset the call with code \(code.rawValue)")
            finish(.failure(error), measured: false)
        }
    }

    // MARK: Private

    private func finish(_ result: Result<Void, RPCError>, measured: Bool) {
        outcome = result
        timer?.cancel()
        timer = nil
        let spent = UInt64(max(0, start.duration(to: .now()).wholeNanoseconds))
        shard.finished(connection, nanoseconds: measured ? spent : nil)
        switch result {
        case .success: queue.finish()
        case .failure(let error): queue.fail(error)
        }
        room.signal()
    }

    private static let head = HTTP2ConstantFields([(":method", "POST"), (":scheme", "http")])

    private static let secureHead = HTTP2ConstantFields([(":method", "POST"), (":scheme", "https")])

    private static func fields(
        _ method: RPCMethod,
        _ context: CallContext,
        _ authority: String,
        _ connection: RPCClientConnection,
        _ compression: RequestCompression
    ) -> HTTP2Fields {
        var fields = HTTP2Fields(connection.http.transport.layer == nil ? head : secureHead)
        fields.append(":path".utf8, method.pathBytes)
        fields.append(":authority", authority)
        fields.append("te", "trailers")
        fields.append("content-type", "application/grpc")
        fields.append("user-agent", "lonja")
        if compression.accepts { fields.append("grpc-accept-encoding", GRPCFields.acceptedEncodings) }
        if compression.offers { fields.append("grpc-encoding", "gzip") }
        if let deadline = context.deadline {
            fields.append("grpc-timeout", GRPCTimeout.encode(MonotonicTime.now().duration(to: deadline)))
        }
        fields.append("traceparent", context.trace.traceparent)
        if let state = context.trace.tracestate { fields.append("tracestate", state) }
        fields.append(context.outgoing)
        return fields
    }
}
