internal import HTTP
internal import Observe
internal import Reactor

/// One call at the server: takes the stream's messages, runs the handler on a worker of the connection's loop, writes
/// the answer. Loop only but for `send`.
// Safe: all state is touched on `loop` alone; `send` hops there when it is called from elsewhere.
final class RPCServerCall: HTTP2StreamHandler, LoopJob, MessageSink, @unchecked Sendable {
    /// How long after the deadline a client may still take what waits for its window.
    private static let patience = Duration.milliseconds(100)

    private let answered: AnsweredCall
    private let stream: HTTP2Stream
    private let owner: RPCServerConnection
    private let loop: EventLoop
    private let response: ResponseMetadata

    private var deframer: MessageDeframer
    private var unaryMessage: [UInt8]?
    private var unaryIsCompressed = false
    private var queue: MessageQueue?
    private var room: RoomSignal?
    private var worker: LoopWorker?
    private var timer: LoopTimer?
    private let acceptsGzip: Bool
    private var saysGzip = false
    private var sentHead = false
    private var isOver = false
    private var isRunning = false
    private var moved = MessageBytes(received: 0, sent: 0)
    /// Bytes of messages that it holds, as its connection counts them.
    private var held = (partial: 0, whole: 0)

    init(_ handler: MethodHandler, _ head: RPCRequestHead, _ stream: HTTP2Stream, _ owner: RPCServerConnection) {
        self.stream = stream
        self.owner = owner
        loop = stream.connection.loop
        acceptsGzip = head.acceptsGzip
        response = ResponseMetadata()
        let now = head.timeout == nil ? loop.now : MonotonicTime.now()
        let deadline = head.timeout.map { now.advanced(by: $0) }
        let context = CallContext(
            incoming: head.metadata,
            deadline: deadline,
            trace: head.trace?.child() ?? .root(),
            peer: .remote(stream.connection.transport.remote),
            caller: owner.caller,
            response: response
        )
        // Since the turn began in which the request came.
        answered = AnsweredCall(handler, context, begun: loop.now, isLocal: false)
        deframer = MessageDeframer(limit: owner.configuration.maximumMessage)
        deframer.acceptsCompressed = head.usesGzip
        owner.callBegan()
        do {
            try answered.admit(owner.decisions, now: now)
        } catch {
            end(error)
            return
        }
        if let deadline { timer = loop.schedule(at: deadline) { self.expire() } }
        if handler.method.kind != .unary {
            let queue = MessageQueue(loop: loop, limit: owner.configuration.maximumMessage)
            queue.taken = { [stream] waiting in stream.keepUnread(waiting) }
            if head.usesGzip { queue.coding = response }
            self.queue = queue
            room = RoomSignal(loop: loop)
            begin()
        }
    }

    // MARK: HTTP2StreamHandler

    func headers(_ block: borrowing HTTP2HeaderBlock, isEnd: Bool) {
        // Trailers of a request carry nothing in gRPC.
    }

    func data(_ bytes: UnsafeRawBufferPointer) {
        guard !isOver else { return stream.consume(bytes.count) }
        var isOneTooMany = false
        do {
            try deframer.append(bytes) { message, isCompressed in
                moved.received += message.count
                if let queue {
                    queue.push(message, isCompressed: isCompressed)
                } else if unaryMessage == nil {
                    unaryMessage = message
                    unaryIsCompressed = isCompressed
                } else {
                    isOneTooMany = true
                }
            }
        } catch {
            return end(error.error)
        }
        if isOneTooMany { return end(RPCError(.unimplemented, "more than one message for a unary method")) }
        hold(partial: deframer.partialBytes, whole: unaryMessage?.count ?? 0)
        // What waits for a reader keeps its window; a message still on its way must not, or it would never arrive.
        stream.keepUnread(queue?.waitingBytes ?? 0)
    }

    private func hold(partial: Int, whole: Int) {
        let before = held
        guard partial != before.partial || whole != before.whole else { return }
        held = (partial, whole)
        owner.holds(partial: partial - before.partial, whole: whole - before.whole)
        if partial > 0 {
            owner.grows(self, stream)
        } else if before.partial > 0 {
            owner.stopsGrowing(stream)
        }
    }

    /// There is room for more of its message.
    func goesOn() {
        stream.isHeldBack = false
    }

    func receivedEnd() {
        guard !isOver else { return }
        if deframer.partialBytes > 0 {
            return end(RPCError(.internalError, "the request ends inside a message"))
        }
        if let queue { return queue.finish() }
        guard unaryMessage != nil else { return end(RPCError(.unimplemented, "a unary request without a message")) }
        begin()
    }

    func drained() {
        room?.signal()
    }

    func closed(_ code: HTTP2ErrorCode) {
        timer?.cancel()
        timer = nil
        guard !isOver else { return }
        isOver = true
        let error = RPCError(.cancelled, "the client has gone")
        finish(error)
        stop(error)
    }

    // MARK: The handler's side

    private func begin() {
        isRunning = true
        owner.handlerStarted(stream)
        worker = LoopWorkers.of(loop).run(self)
    }

    func run() async {
        let trace = answered.context.trace
        guard trace.isRecorded else { return await work() }
        await CurrentTrace.with(trace) { await work() }
    }

    private func work() async {
        loop.nameCurrentTask(answered.handler.method.path)
        do {
            if let message = unaryMessage {
                unaryMessage = nil
                let request = unaryIsCompressed ? try await inflated(message) : message
                let answer = try await answered.handler.invokeUnary(request, answered.context)
                if loop.isCurrent, !isToCompress(answer, .automatic) {
                    answerUnary(MessageDeframer.frame(answer))
                } else {
                    try await sendCoded(answer, .automatic) { $0.answerUnary($1) }
                }
            } else if let queue, !isOver {
                try await answered.handler.invokeStreaming(MessageQueueSource(queue: queue), self, answered.context)
                try await onLoop { $0.end(nil) }
            }
        } catch {
            let status = answered.status(of: error)
            try? await onLoop { $0.end(status) }
        }
        isRunning = false
        worker = nil
        owner.handlerEnded(self)
    }

    /// Nobody works with its message any more. On the loop.
    func handlerIsOver() {
        stream.handlerEnded()
        hold(partial: held.partial, whole: 0)
    }

    func send(_ message: [UInt8]) async throws {
        try await send(message, .automatic)
    }

    func send(_ message: [UInt8], _ compression: MessageCompression) async throws {
        guard loop.isCurrent else {
            return try await loop.run { try await self.sendOnLoop(message, compression) }
        }
        try await sendOnLoop(message, compression)
    }

    private func sendOnLoop(_ message: [UInt8], _ compression: MessageCompression) async throws {
        while !isOver, !stream.isWritable, let room {
            try Task.checkCancellation()
            await room.wait()
        }
        try Task.checkCancellation()
        guard !isOver else { throw RPCError(.cancelled, "the call is over") }
        guard isToCompress(message, compression) else {
            sendHead()
            return write(MessageDeframer.frame(message))
        }
        try await sendCoded(message, compression) { call, frame in
            call.sendHead()
            call.write(frame)
        }
    }

    // MARK: Compression

    private func inflated(_ message: [UInt8]) async throws -> [UInt8] {
        response.lastMessageWasCompressed = true
        return try await GzipStates.of(loop).inflated(message, limit: owner.configuration.maximumMessage)
    }

    /// Gives the frame of a message to `write`, on the loop: compressed where that is wanted.
    private func sendCoded(
        _ message: [UInt8],
        _ compression: MessageCompression,
        _ write: @escaping @Sendable (RPCServerCall, [UInt8]) -> Void
    ) async throws {
        guard loop.isCurrent else {
            return try await loop.run { try await self.sendCoded(message, compression, write) }
        }
        guard !isOver else { return }
        guard isToCompress(message, compression) else { return write(self, MessageDeframer.frame(message)) }
        let frame = await GzipStates.of(loop).framed(message)
        if !isOver { write(self, frame) }
    }

    /// Whether a message is compressed; says so in the head, if that has not gone out.
    private func isToCompress(_ message: [UInt8], _ compression: MessageCompression) -> Bool {
        guard acceptsGzip else { return false }
        let asked = response.compression
        let usesGzip = deframer.acceptsCompressed
        if !sentHead { saysGzip = usesGzip || asked != .automatic || compression == .gzip }
        guard saysGzip else { return false }
        return switch compression == .automatic ? asked : compression {
        case .gzip: true
        case .none: false
        // As the request came, and as far as it is worth while.
        case .automatic: usesGzip && message.count >= MessageCompression.least
        }
    }

    private func onLoop(_ body: @escaping @Sendable (RPCServerCall) -> Void) async throws {
        if loop.isCurrent { body(self) } else { try await loop.run { body(self) } }
    }

    // MARK: The answer

    private func answerUnary(_ frame: [UInt8]) {
        guard !isOver else { return }
        sendHead()
        write(frame)
        end(nil)
    }

    private func write(_ frame: [UInt8]) {
        moved.sent += frame.count - MessageDeframer.prefixBytes
        stream.write(frame)
    }

    private func sendHead() {
        guard !sentHead else { return }
        sentHead = true
        var fields = HTTP2Fields(GRPCFields.responseHead)
        if saysGzip { fields.append("grpc-encoding", "gzip") }
        let initial = response.initial
        if !initial.isEmpty { fields.append(initial) }
        stream.respond(fields, end: false)
    }

    /// Ends the call: its status goes out, and whoever still works for it is stopped.
    func end(_ error: RPCError?) {
        guard !isOver else { return }
        isOver = true
        finish(error)
        let trailing = response.trailing
        let pushback = error == nil ? nil : response.retryPushback
        if sentHead {
            stream.finish(GRPCFields.trailers(error, trailing, head: false, pushback: pushback))
        } else if error != nil {
            stream.respond(GRPCFields.trailers(error, trailing, head: true, pushback: pushback), end: true)
        } else {
            sendHeadOfEmptyAnswer()
            stream.finish(GRPCFields.trailers(nil, trailing, head: false))
        }
        if !stream.hasReceivedEnd {
            // The client is still sending: it may stop (RFC 9113, 8.1).
            stream.resetAfterOutput(.noError)
        }
        if error != nil, isRunning { stop(RPCError(.cancelled, "the call is over")) }
    }

    /// The client has given up by now (PROTOCOL-HTTP2.md, "Client Cancellation"). One whose clock is slower gets the
    /// status without CANCEL, which grpcio would take for its caller's doing; only if part of an answer waits for its
    /// window, CANCEL ends it, a moment later.
    private func expire() {
        timer = nil
        if isOver || stream.pendingBytes > 0 {
            timer = loop.schedule(after: Self.patience) {
                self.timer = nil
                self.stream.reset(.cancel)
            }
            guard !isOver else { return }
            isOver = true
            finish(.deadlineExceeded)
            stop(.deadlineExceeded)
        } else {
            end(.deadlineExceeded)
        }
    }

    /// Ends whoever still works for the call.
    private func stop(_ error: RPCError) {
        queue?.fail(error)
        room?.signal()
        worker?.cancel()
    }

    private func sendHeadOfEmptyAnswer() {
        sentHead = false
        sendHead()
    }

    private func finish(_ error: RPCError?) {
        if held.partial > 0 { deframer.drop() }
        if !isRunning { unaryMessage = nil }
        // A handler may still work with a whole one.
        hold(partial: 0, whole: isRunning ? held.whole : 0)
        owner.callEnded(isGood: error == nil)
        answered.ended(error, moved)
    }
}

/// The reading end of a server's stream.
private struct MessageQueueSource: MessageSource {
    let queue: MessageQueue

    func next() async throws -> [UInt8]? {
        try await queue.next()
    }
}
