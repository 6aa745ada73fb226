import Reactor

/// One request and its response: runs the handler on a worker of the connection's loop and gives what it answers to the
/// sink. Loop only, but for `write`.
// Safe: all state is touched on `loop` alone; `write` hops there when it is called from elsewhere.
final class HTTPExchange: LoopJob, @unchecked Sendable {
    /// A writer waits above this many bytes that the socket has not taken.
    static let highWater = 128 * 1024

    let head: HTTPRequestHead
    let loop: EventLoop
    private let pipe: HTTPBodyPipe?
    private let expectedLength: Int?
    let remote: SocketAddress?
    private let seating: HTTPSeating?
    private let handler: HTTPHandler
    // Strong until the handler has ended, so that a slow handler finds its sink alive.
    private var sink: (any HTTPResponseSink)?
    private var worker: LoopWorker?
    private var timer: LoopTimer?
    private var failure: HTTPError?
    private var isStreaming = false
    /// When it came, where it was to wait without a task first.
    private(set) var arrived: MonotonicTime?
    private var remaining: Int?
    private var writers: [UnsafeContinuation<Void, Never>] = []

    /// Makes an exchange. `pipe` is `nil` for a request without content.
    init(
        head: HTTPRequestHead,
        remote: SocketAddress?,
        pipe: HTTPBodyPipe?,
        expectedLength: Int?,
        sink: any HTTPResponseSink,
        loop: EventLoop,
        seating: HTTPSeating?,
        handler: @escaping HTTPHandler
    ) {
        self.head = head
        self.remote = remote
        self.pipe = pipe
        self.expectedLength = expectedLength
        self.sink = sink
        self.loop = loop
        self.seating = seating
        self.handler = handler
    }

    // MARK: Connection side

    /// Lets the request wait for an answer without a task if it can, or starts the handler; call once.
    func start() {
        if pipe == nil, let seating {
            arrived = loop.now
            if seating(HTTPSeat(self)) { return }
        }
        begin()
    }

    /// Starts the handler.
    func begin() {
        worker = LoopWorkers.of(loop).run(self)
    }

    /// Answers without the handler.
    func answer(_ answer: HTTPPreparedResponse, adding fields: HTTPFields) {
        loop.preconditionCurrent()
        precondition(worker == nil, "a request is answered once")
        if failure == nil {
            sink?.send(answer, adding: fields, withContent: head.method != .head && answer.content.count > 0)
        }
        end()
    }

    /// The sink's buffer has room again.
    func outputDrained() {
        let waiting = writers
        writers = []
        for writer in waiting {
            writer.resume()
        }
    }

    /// The peer is gone or gave up: cancels the handler. The sink still gets `handlerEnded()`, and nothing else.
    func abort(_ error: HTTPError) {
        guard failure == nil else { return }
        failure = error
        pipe?.fail(error)
        worker?.cancel()
        outputDrained()
    }

    // MARK: Handler side

    /// Runs the handler from its first to its last step.
    func run() async {
        if failure == nil {
            let body = pipe.map { HTTPBody(pipe: $0, expectedLength: expectedLength) } ?? HTTPBody()
            var response = await handler(HTTPRequest(head: head, body: body, exchange: self))
            await send(&response)
        }
        end()
    }

    private func end() {
        timer?.cancel()
        timer = nil
        pipe?.discard()
        worker = nil
        let sink = sink
        self.sink = nil
        sink?.handlerEnded()
    }

    /// Cancels the handler at `deadline`; it goes on, and what it then answers is sent. False off the loop.
    func cancelHandler(at deadline: MonotonicTime) -> Bool {
        guard loop.isCurrent, timer == nil, worker != nil else { return false }
        timer = loop.schedule(at: deadline) { self.worker?.cancel() }
        return true
    }

    private func send(_ response: inout HTTPResponse) async {
        guard failure == nil, let sink else { return }
        if case .prepared(let answer) = response.body {
            return sink.send(answer, adding: [:], withContent: head.method != .head && answer.content.count > 0)
        }
        var responseHead = HTTPResponseHead(status: response.status)
        // Moved, as the list is added to.
        swap(&responseHead.fields, &response.fields)
        let hasContent = head.method != .head && response.status >= 200 && ![204, 205, 304].contains(response.status)
        switch response.body {
        case .empty, .prepared:
            sink.sendHead(responseHead, end: true)
        case .bytes(let bytes):
            if ![204, 304].contains(response.status) {
                responseHead.fields["content-length"] = String(bytes.count)
            }
            guard hasContent, !bytes.isEmpty else {
                sink.sendHead(responseHead, end: true)
                return
            }
            sink.sendHead(responseHead, end: false)
            sink.sendBody(bytes)
            sink.sendEnd(trailers: nil)
        case .stream(let body):
            guard hasContent else {
                sink.sendHead(responseHead, end: true)
                return
            }
            remaining = responseHead.fields["content-length"].flatMap { Int($0) }
            sink.sendHead(responseHead, end: false)
            await stream(body, to: sink)
        }
    }

    private func stream(
        _ body: @Sendable (HTTPBodyWriter) async throws -> Void,
        to sink: any HTTPResponseSink
    ) async {
        isStreaming = true
        var isComplete = false
        do {
            try await body(HTTPBodyWriter(exchange: self))
            // Fewer bytes than announced would make the peer wait, or take the next response for the rest.
            isComplete = remaining ?? 0 == 0
        } catch {}
        isStreaming = false
        guard failure == nil else { return }
        if isComplete {
            sink.sendEnd(trailers: nil)
        } else {
            sink.reset()
        }
    }

    /// Sends a piece of a streamed response; waits above `highWater` bytes that the socket has not taken.
    func write(_ bytes: [UInt8], highWater: Int = HTTPExchange.highWater) async throws {
        guard loop.isCurrent else {
            try await loop.run { try await self.writeOnLoop(bytes, highWater) }
            return
        }
        try await writeOnLoop(bytes, highWater)
    }

    /// From now on no more than so many bytes wait in the kernel for a peer that has no room.
    func limitUnsent(_ bytes: Int) async throws {
        guard loop.isCurrent else {
            return try await loop.run { try await self.limitUnsent(bytes) }
        }
        sink?.limitUnsent(bytes)
    }

    private func writeOnLoop(_ bytes: [UInt8], _ highWater: Int) async throws {
        try check()
        guard !bytes.isEmpty else { return }
        if let announced = remaining {
            guard announced >= bytes.count else {
                throw HTTPError(.misuse, "more content than content-length announced")
            }
            remaining = announced - bytes.count
        }
        sink?.sendBody(bytes)
        guard let sink, sink.bufferedBytes > highWater else { return }
        // What is gathered for the end of the turn may all go out then, of which a socket that was never full says nothing.
        sink.looksForRoomAtEndOfTurn()
        while let sink = self.sink, sink.bufferedBytes > highWater {
            sink.tellsOfRoom(below: highWater)
            await waitForRoom()
            try check()
        }
    }

    private func check() throws {
        if let failure {
            throw failure
        }
        guard isStreaming else { throw HTTPError(.misuse, "written after the end of the response") }
        guard !Task.isCancelled else { throw HTTPError(.cancelled, "the exchange was cancelled") }
    }

    private func waitForRoom() async {
        await withTaskCancellationHandler {
            await withUnsafeContinuation { writers.append($0) }
        } onCancel: {
            // A writer that is woken too early looks again and waits again.
            loop.execute { self.outputDrained() }
        }
    }
}
