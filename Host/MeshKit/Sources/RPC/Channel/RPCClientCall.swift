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
    /// What the end of the call leaves open for another attempt.
    private(set) var failure = AttemptFailure.final
    /// Called once, when the call has ended.
    var ended: (() -> Void)?

    /// What the server says of trying again; nil where it says nothing.
    private(set) var pushback: RetryPushback?

    private let received: ResponseMetadata?
    private let deadline: MonotonicTime?
    private let compression: RequestCompression
    private var deframer: MessageDeframer
    private var timer: LoopTimer?
    private var sawHead = false
    private var sawMessage = false
    private var status: RPCError?
    private var sawStatus = false
    private let start = MonotonicTime.now()
    private let shard: ChannelShard
    private let attempt: SentAttempt
    private var moved = MessageBytes(received: 0, sent: 0)

    init(
        _ method: RPCMethod,
        _ context: CallContext,
        _ connection: RPCClientConnection,
        _ shard: ChannelShard,
        authority: String,
        limit: Int,
        compression: MessageCompression,
        earlierAttempts: Int = 0,
        metrics: ClientCallMetrics? = nil
    ) throws {
        attempt = SentAttempt(method, context, metrics)
        loop = shard.loop
        self.connection = connection
        self.shard = shard
        received = context.received
        deadline = context.deadline
        self.compression = RequestCompression(context.compression, channel: compression)
        deframer = MessageDeframer(limit: limit)
        queue = MessageQueue(loop: loop, limit: limit)
        room = RoomSignal(loop: loop)
        let fields = Self.fields(method, attempt.context, authority, connection, self.compression, earlierAttempts)
        guard let stream = connection.http.open(fields, end: false, self) else {
            shard.finished(connection, .nothing, nanoseconds: nil)
            throw RPCError(.unavailable, "the connection takes no more calls")
        }
        self.stream = stream
        connection.callBegan()
        queue.taken = { waiting in stream.keepUnread(waiting) }
        if let deadline = context.deadline {
            timer = loop.schedule(at: deadline) { self.abort(.deadlineExceeded) }
        }
    }

    /// Ends the call from this side.
    func abort(_ error: RPCError) {
        guard outcome == nil else { return }
        stream?.reset(.cancel)
        finish(.failure(error), error.code == .deadlineExceeded ? .failed : .nothing)
    }

    /// Sends one message as it is, unless it is to be compressed. The caller has seen to it that there is room.
    /// - Returns: false for one that `sendCompressed` is to send.
    func sendPlain(_ message: [UInt8], _ wanted: MessageCompression = .automatic) -> Bool {
        if compression.isWanted(for: message, wanted) { return false }
        write(MessageDeframer.frame(message))
        return true
    }

    func sendCompressed(_ message: [UInt8]) async {
        write(await GzipStates.of(loop).framed(message))
    }

    func write(_ frame: [UInt8]) {
        guard let stream else { return }
        moved.sent += frame.count - MessageDeframer.prefixBytes
        stream.write(frame)
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
            try deframer.append(bytes) {
                sawMessage = true
                moved.received += $0.count
                queue.push($0, isCompressed: $1)
            }
        } catch {
            return abort(error.error)
        }
        stream?.keepUnread(queue.waitingBytes)
    }

    func receivedEnd() {
        guard outcome == nil else { return }
        if let status {
            if !sawMessage { failure = answered(status) }
            finish(.failure(status), CallVerdict(status.code))
        } else if !sawStatus {
            finish(.failure(RPCError(.unknown, "the server ended the call without a status")), .failed)
        } else if deframer.partialBytes > 0 {
            finish(.failure(RPCError(.internalError, "the answer ends inside a message")), .failed)
        } else {
            finish(.success(()), .good)
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
            failure = .unseen
            // In order to go away, or since it has too much to do.
            let verdict = connection.http.isGoingAway ? CallVerdict.nothing : .overloaded
            finish(.failure(RPCError(.unavailable, "the server refused the call")), verdict)
        case .cancel where deadline.map { $0 <= .now() } ?? false:
            // The server's clock was a little faster.
            finish(.failure(.deadlineExceeded), .failed)
        case .cancel:
            finish(.failure(RPCError(.cancelled, "the server cancelled the call")), .nothing)
        case .enhanceYourCalm:
            finish(.failure(RPCError(.resourceExhausted, "the server asks for calm")), .overloaded)
        case .inadequateSecurity:
            finish(.failure(RPCError(.permissionDenied, "the server asks for TLS")), .failed)
        case .connectionLost:
            if !sawHead { failure = .lost }
            finish(.failure(RPCError(.unavailable, "the connection was lost")), .failed)
        default:
            let error = RPCError(.internalError, "the server reset the call with code \(code.rawValue)")
            finish(.failure(error), .failed)
        }
    }

    // MARK: Private

    private func finish(_ result: Result<Void, RPCError>, _ verdict: CallVerdict) {
        outcome = result
        timer?.cancel()
        timer = nil
        let spent = spent
        shard.finished(connection, verdict, nanoseconds: verdict == .nothing ? nil : spent)
        attempt.ended(result, nanoseconds: spent, moved)
        connection.callEnded(result)
        switch result {
        case .success: queue.finish()
        case .failure(let error): queue.fail(error)
        }
        room.signal()
        if let ended {
            self.ended = nil
            ended()
        }
    }

    private var spent: UInt64 { MonotonicTime.now().nanoseconds &- start.nanoseconds }

    /// A status without a message. What says when to come back is not asked earlier; and where a failure has taken long
    /// something hangs, so that another attempt would make its caller wait twice.
    private func answered(_ status: RPCError) -> AttemptFailure {
        guard spent < 1_000_000_000 else { return .final }
        return .answered(status.code, pushback ?? (status.retryAfter == nil ? nil : .never))
    }

    private static let head = HTTP2ConstantFields([(":method", "POST"), (":scheme", "http")])

    private static let secureHead = HTTP2ConstantFields([(":method", "POST"), (":scheme", "https")])

    private static func fields(
        _ method: RPCMethod,
        _ context: CallContext,
        _ authority: String,
        _ connection: RPCClientConnection,
        _ compression: RequestCompression,
        _ earlierAttempts: Int
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
        if earlierAttempts > 0 { fields.append("grpc-previous-rpc-attempts", String(earlierAttempts)) }
        fields.append("traceparent", context.trace.traceparent)
        if let state = context.trace.tracestate { fields.append("tracestate", state) }
        fields.append(context.outgoing)
        return fields
    }
}
