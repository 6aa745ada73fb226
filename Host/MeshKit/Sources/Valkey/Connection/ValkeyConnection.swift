internal import Observe
internal import Reactor
internal import TLS

/// Hears of a connection. All on its loop.
protocol ValkeyConnectionOwner: AnyObject {
    /// It may take calls again.
    func connectionHasRoom(_ connection: ValkeyConnection)
    /// The server says that another one is to be asked; the connection takes no more calls and closes by itself.
    func connectionRetires(_ connection: ValkeyConnection)
    /// It is gone. `unsent` never left, in order; calls that did have been failed.
    func connectionLost(_ connection: ValkeyConnection, _ error: ValkeyError, unsent: [ValkeyCall])
}

/// One connection to one server: gathers the commands of a turn of the loop into one write, and gives replies to calls
/// in order. Loop only.
///
/// Safe: touched on its loop alone.
final class ValkeyConnection: @unchecked Sendable {
    /// So much is gathered before it is written within the turn. Calls of more bytes are queued, and are written in slices,
    /// so many bytes in a step of the loop.
    private static let largestGather = 256 << 10
    private static let sliceBytes = 128 << 10
    private static let writtenPerStep = 256 << 10
    /// So many items, or bytes but those of large values, of replies are handled in one step of the loop; the rest waits for
    /// the next turn.
    private static let itemsPerStep = 512
    private static let bytesPerStep = 64 << 10

    let loop: EventLoop
    let address: SocketAddress
    /// Retained until the connection is lost.
    var owner: (any ValkeyConnectionOwner)?
    /// Where it says how many calls are under way.
    var counts: ValkeyCounts?
    private var counted = 0
    /// Takes every reply in place of the calls, once the connection is one for messages.
    var messages: ((ValkeyReply) -> Void)?

    private let stream: ByteStream
    private let reader: RESPReader
    private var pipeline: PipelineState<ValkeyCall>
    private var health: ConnectionHealth
    private var gather: [UInt8] = []
    private var queue = OutputQueue()
    private var willFlush = false
    private var willWrite = false
    private var backlog: [UInt8] = []
    private var backlogRead = 0
    private var willReadBacklog = false
    private var isPaused = false
    private var failure: ValkeyError?
    private(set) var isLost = false
    private var healthTimer: LoopTimer?

    /// Begins to connect. Call `start`. Loop only.
    /// - Parameter host: whom the certificate must name, where there is TLS.
    /// - Throws: `ValkeyError` with code `connection` for what fails at once.
    init(
        _ address: SocketAddress,
        host: String,
        loop: EventLoop,
        configuration: ValkeyConfiguration
    ) throws(ValkeyError) {
        self.loop = loop
        self.address = address
        do {
            let tls = address.path == nil ? configuration.tls : nil
            let layer = try tls.map { try $0.connect(to: .host(host)) }
            stream = try ByteStream(connecting: address, loop: loop, layer: layer)
        } catch {
            throw ValkeyError(.connection, "\(error)")
        }
        reader = RESPReader(limit: configuration.maximumReply)
        pipeline = PipelineState(limit: configuration.maximumInFlight)
        health = ConnectionHealth(
            idleInterval: configuration.idleInterval,
            replyTimeout: configuration.replyTimeout,
            now: loop.now
        )
    }

    /// Begins to work. From here on the loop keeps the connection alive, until it is lost.
    func start() {
        stream.delegate = self
        stream.start()
        checkHealthLater()
    }

    // MARK: Calls

    /// Whether `submit` may be called.
    var canTake: Bool { pipeline.canTake }
    /// How many calls are under way.
    var inFlight: Int { pipeline.count }

    /// Sends a call with the others of this turn.
    func submit(_ call: ValkeyCall) {
        call.isUnderWay = true
        pipeline.gather(call, replies: call.replies)
        if call.wireBytes < LargeArgument.threshold {
            call.write(to: &gather)
        } else {
            queue.append(gather)
            gather = []
            queue.append(call)
        }
        flushLater()
    }

    /// Sends a command whose answers go to `messages`.
    func send(_ command: ValkeyCommand) {
        command.write(to: &gather)
        flushLater()
    }

    /// Sends commands in one piece and waits for all their replies. For the way in, before there is an owner.
    func perform(_ command: ValkeyCommand, then others: ArraySlice<ValkeyCommand> = []) async -> ValkeyCall.Outcome {
        let call = ValkeyCall(command, then: others, deadline: MonotonicTime(nanoseconds: .max))
        return await withUnsafeContinuation { continuation in
            call.begin(continuation)
            guard !isLost else { return call.finish(.failure(reason)) }
            submit(call)
        }
    }

    /// Ends calls whose deadline has passed, at most `limit` of them, which is lowered; their replies are dropped when they
    /// come.
    /// - Returns: the next deadline, one that has passed if there are more.
    func expire(_ now: MonotonicTime, limit: inout Int) -> MonotonicTime {
        var next = MonotonicTime(nanoseconds: .max)
        pipeline.forEach { call in
            guard !call.isOver else { return }
            if call.deadline <= now, limit > 0 {
                limit -= 1
                counts?.timeouts.add()
                call.fail(.timeout, "no answer before the deadline")
            } else {
                next = min(next, call.deadline)
            }
        }
        return next
    }

    // MARK: End

    /// Takes no more calls, and closes when those under way have their answers.
    func retire() {
        guard !isLost, !pipeline.isRetiring else { return }
        pipeline.retire()
        owner?.connectionRetires(self)
        closeIfDone()
    }

    /// Closes now, for this reason.
    func fail(_ error: ValkeyError) {
        guard failure == nil else { return }
        failure = error
        stream.close()
    }

    /// Stops reading, so that the server has to wait.
    func pauseReading() {
        isPaused = true
        stream.pauseReading()
    }

    /// Reads again.
    func resumeReading() {
        isPaused = false
        if backlog.isEmpty { stream.resumeReading() } else { readBacklogLater() }
    }

    /// Why it is lost.
    var reason: ValkeyError { failure ?? Self.closedByPeer }

    private static let closedByPeer = ValkeyError(.connection, "the server closed the connection")

    private func closeIfDone() {
        guard pipeline.isDone else { return }
        fail(ValkeyError(.connection, "the server is not the one to ask"))
    }

    // MARK: Output

    private func flushLater() {
        if gather.count + queue.bytes >= Self.largestGather {
            flush()
        } else if !willFlush {
            willFlush = true
            loop.atEndOfTurn(self)
        }
    }

    private func flush() {
        guard !gather.isEmpty || !queue.isEmpty, !isLost else { return }
        count()
        // Before the write, which may close the connection: what is given to it may have left.
        pipeline.sent(isBlocked: false)
        if queue.isEmpty {
            health.expects(loop.now)
            gather.withUnsafeBytes { stream.writeNow($0) }
            gather.removeAll(keepingCapacity: gather.count <= 2 * Self.largestGather)
        } else {
            health.sends(loop.now)
            writeQueue()
        }
        if stream.pendingBytes > 0 || !queue.isEmpty { pipeline.sent(isBlocked: true) }
    }

    private func writeQueue() {
        // What was gathered behind the large keeps its place.
        queue.append(gather)
        gather = []
        var left = Self.writtenPerStep
        while left > 0, !isLost, stream.pendingBytes == 0, let slice = queue.next(upTo: Self.sliceBytes) {
            left -= slice.count
            slice.withBytes { stream.writeNow($0) }
        }
        // Else the stream says when it has room.
        guard !isLost, stream.pendingBytes == 0, !queue.isEmpty, !willWrite else { return }
        willWrite = true
        loop.schedule(after: .zero) { [weak self] in
            guard let self else { return }
            willWrite = false
            writeMore()
        }
    }

    /// Goes on where there is room, and says so when all has been written.
    private func writeMore() {
        guard !isLost else { return }
        if !queue.isEmpty { flush() } else { pipeline.drained() }
        if pipeline.canTake { owner?.connectionHasRoom(self) }
    }

    // MARK: Input

    private func consume(_ bytes: UnsafeRawBufferPointer) -> Int {
        var position = 0
        var parsed = 0
        let items = reader.items
        do throws(ValkeyError) {
            while position < bytes.count, parsed < Self.bytesPerStep, !isPaused {
                guard reader.items - items < Self.itemsPerStep else { break }
                let isCopied = reader.isWithinLargeValue
                let count = try reader.feed(UnsafeRawBufferPointer(rebasing: bytes[position...]))
                position += count
                if !isCopied { parsed += count }
                while let reply = try reader.next() {
                    dispatch(reply)
                    if isLost { return bytes.count }
                }
            }
        } catch {
            // The call whose answer this was hears the reason; those behind it, that the connection was lost.
            if messages == nil {
                switch pipeline.replied() {
                case .part(let call), .last(let call): call.finish(.failure(error))
                case .nobody: break
                }
            }
            fail(error)
            return bytes.count
        }
        return position
    }

    private func dispatch(_ reply: ValkeyReply) {
        if let messages { return messages(reply) }
        switch pipeline.replied() {
        case .part(let call): call.collect(reply)
        case .last(let call): call.answer(reply)
        case .nobody:
            return fail(ValkeyError(.protocolViolation, "the server answers what was not asked"))
        }
        if case .error(let text) = reply, ValkeyError.Code(serverText: text).asksForAnotherServer { retire() }
    }

    private func readBacklogLater() {
        guard !willReadBacklog, !isPaused else { return }
        willReadBacklog = true
        loop.schedule(after: .zero) { [self] in readBacklog() }
    }

    private func readBacklog() {
        willReadBacklog = false
        guard !isLost, !isPaused else { return }
        let count = backlog.withUnsafeBytes { bytes in
            consume(UnsafeRawBufferPointer(rebasing: bytes[backlogRead...]))
        }
        guard !isLost else { return }
        backlogRead += count
        if backlogRead < backlog.count {
            readBacklogLater()
        } else {
            backlog = []
            backlogRead = 0
            if !isPaused { stream.resumeReading() }
        }
        afterReplies()
    }

    private func count() {
        counts?.inFlight.add(pipeline.count - counted)
        counted = pipeline.count
    }

    private func afterReplies() {
        guard !isLost else { return }
        count()
        health.heard(loop.now, isDue: pipeline.count > 0)
        closeIfDone()
        if pipeline.canTake { owner?.connectionHasRoom(self) }
    }

    // MARK: Health

    private func checkHealthLater() {
        healthTimer = loop.schedule(after: health.period) { [weak self] in self?.checkHealth() }
    }

    private func checkHealth() {
        guard !isLost else { return }
        let now = MonotonicTime.now()
        // Silence that comes of not listening says nothing.
        if isPaused { health.heard(now, isDue: false) }
        switch health.verdict(now) {
        case .fine: break
        case .ask:
            if messages == nil, pipeline.canTake {
                submit(ValkeyCall(ValkeyCommand("PING"), deadline: MonotonicTime(nanoseconds: .max)))
            } else {
                send(ValkeyCommand("PING"))
            }
        case .dead:
            return fail(ValkeyError(.connection, "the server does not answer any more"))
        }
        checkHealthLater()
    }
}

extension ValkeyConnection: ByteStreamDelegate, EndOfTurn {
    func endOfTurn() {
        willFlush = false
        flush()
    }

    func connected() {
        // What was written before went to the stream's own buffer.
        if queue.isEmpty { pipeline.drained() }
    }

    func received(_ bytes: UnsafeRawBufferPointer) {
        let count = consume(bytes)
        if count < bytes.count, !isLost {
            stream.pauseReading()
            backlog = [UInt8](bytes[count...])
            readBacklogLater()
        }
        afterReplies()
    }

    func receivedEnd() {
        fail(Self.closedByPeer)
    }

    func drained() {
        writeMore()
    }

    func closed(_ error: SystemError?) {
        isLost = true
        healthTimer?.cancel()
        let reason = failure ?? error.map { ValkeyError(.connection, "\($0)") } ?? Self.closedByPeer
        failure = reason
        let (sent, unsent) = pipeline.lose()
        count()
        counts?.connections.add(-1)
        CallEnding.start(sent, on: loop) { $0.fail(.connection, reason.message) }
        for call in unsent { call.isUnderWay = false }
        gather = []
        queue = OutputQueue()
        backlog = []
        messages = nil
        let listener = owner
        owner = nil
        guard let listener else {
            return CallEnding.start(unsent, on: loop) { $0.fail(.connection, reason.message) }
        }
        listener.connectionLost(self, reason, unsent: unsent)
    }
}
