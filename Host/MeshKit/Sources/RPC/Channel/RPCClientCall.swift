internal import Digest
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

    private let received: ResponseMetadata?
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
        limit: Int
    ) throws {
        loop = shard.loop
        self.connection = connection
        self.shard = shard
        received = context.received
        deframer = MessageDeframer(limit: limit)
        queue = MessageQueue(loop: loop)
        room = RoomSignal(loop: loop)
        guard let stream = connection.http.open(Self.fields(method, context, authority, connection), end: false, self)
        else {
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

    // MARK: HTTP2StreamHandler

    func headers(_ block: borrowing HTTP2HeaderBlock, isEnd: Bool) {
        var httpStatus: Int?
        var isGRPC = false
        var code: Int?
        var message = ""
        var details: [UInt8]?
        var encoding: String?
        var metadata = Metadata()
        block.forEach { name, value in
            if name.equals(":status") {
                httpStatus = Int(String(decoding: value, as: UTF8.self))
            } else if name.equals("content-type") {
                isGRPC = RPCRequestHead.isGRPC(value)
            } else if name.equals("grpc-status") {
                code = Int(String(decoding: value, as: UTF8.self))
                sawStatus = true
            } else if name.equals("grpc-message") {
                message = PercentEncoding.decode(value)
            } else if name.equals("grpc-status-details-bin") {
                details = Base64.decode(value)
            } else if name.equals("grpc-encoding") {
                encoding = String(decoding: value, as: UTF8.self)
            } else {
                let text = String(decoding: name, as: UTF8.self)
                if !text.hasPrefix("grpc-") { _ = metadata.appendWire(name: text, value: value) }
            }
        }
        if !sawHead {
            sawHead = true
            guard httpStatus == 200, isGRPC || sawStatus else {
                return abort(Self.error(httpStatus: httpStatus ?? 0))
            }
            if let encoding, encoding != "identity" {
                return abort(RPCError(.internalError, "the server answers with encoding \(encoding)"))
            }
            if !sawStatus {
                received?.initial = metadata
                return
            }
        }
        received?.trailing = metadata
        if sawStatus, code != 0 {
            var error = RPCError(RPCError.Code(rawValue: code ?? 2) ?? .unknown, message)
            if let details { error.readDetails(fromStatus: details) }
            status = error
        }
    }

    func data(_ bytes: UnsafeRawBufferPointer) {
        guard outcome == nil else {
            stream?.consume(bytes.count)
            return
        }
        do {
            try deframer.append(bytes) { queue.push($0) }
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
        _ connection: RPCClientConnection
    ) -> HTTP2Fields {
        var fields = HTTP2Fields(connection.http.transport.layer == nil ? head : secureHead)
        fields.append(":path".utf8, method.pathBytes)
        fields.append(":authority", authority)
        fields.append("te", "trailers")
        fields.append("content-type", "application/grpc")
        fields.append("user-agent", "lonja")
        if let deadline = context.deadline {
            fields.append("grpc-timeout", GRPCTimeout.encode(MonotonicTime.now().duration(to: deadline)))
        }
        fields.append("traceparent", context.trace.traceparent)
        if let state = context.trace.tracestate { fields.append("tracestate", state) }
        fields.append(context.outgoing)
        return fields
    }

    /// The status for an answer that is not gRPC (http-grpc-status-mapping.md).
    private static func error(httpStatus: Int) -> RPCError {
        let code: RPCError.Code =
            switch httpStatus {
            case 400: .internalError
            case 401: .unauthenticated
            case 403: .permissionDenied
            case 404: .unimplemented
            case 429, 502, 503, 504: .unavailable
            default: .unknown
            }
        return RPCError(code, "the server answered with HTTP status \(httpStatus), not with gRPC")
    }
}
