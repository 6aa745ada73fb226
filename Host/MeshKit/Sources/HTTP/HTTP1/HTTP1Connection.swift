import Reactor

/// One HTTP/1.x connection: requests one after the other, each given to the handler on a worker of this loop.
/// Loop only.
///
/// Back-pressure: the socket is not read while the handler is behind with a body or while a pipelined request waits;
/// the handler's writer waits while the socket is behind.
final class HTTP1Connection: HTTPVersionConnection {
    /// What the connection is doing. `idle` → `head` → `exchange` → (`discarding` →) `idle` …; from anywhere to
    /// `lingering` (the last answer was given, the peer may still be sending) or `closing` (only output is left), and
    /// from those to `closed`.
    enum Phase { case idle, head, exchange, discarding, lingering, closing, closed }

    let stream: ByteStream
    let configuration: HTTPServerConfiguration
    private let immediate: HTTPImmediate?
    private let seating: HTTPSeating?
    let handler: HTTPHandler
    var loop: EventLoop { stream.loop }

    var phase = Phase.idle
    var parser: HTTP1Parser
    /// Read but not parsed: what came after the request being answered.
    var waiting: [UInt8] = []
    var isParsing = false
    var isReadingPaused = false
    /// The peer has sent its last byte.
    var sawEnd = false

    var request: HTTP1RequestHead?
    var exchange: HTTPExchange?
    var pipe: HTTPBodyPipe?
    /// The current request has come to its end.
    var requestEnded = false
    var continueIsOwed = false
    var encoder: HTTP1ResponseEncoder?
    var responseEnded = false
    var discardedBytes = 0
    var requestCount = 0
    /// The connection ends with the response that is going out, or with the next one.
    var closesAfterResponse = false
    var isDraining = false
    var date = HTTPDate()

    /// When the current phase last made progress.
    var progress: MonotonicTime
    /// When the socket last took output, while some waits; `nil` when nothing does.
    var writeProgress: MonotonicTime?
    var writtenBytes = 0
    var takenAtWriteProgress = 0
    var timer: LoopTimer?
    var timerTime: MonotonicTime?
    var willCheckRoom = false

    private var ended: (() -> Void)?

    init(
        stream: ByteStream,
        configuration: HTTPServerConfiguration,
        immediate: HTTPImmediate?,
        seating: HTTPSeating?,
        handler: @escaping HTTPHandler
    ) {
        self.stream = stream
        self.configuration = configuration
        self.immediate = immediate
        self.seating = seating
        self.handler = handler
        parser = HTTP1Parser(limits: HTTP1Limits(configuration))
        progress = stream.loop.now
    }

    func start(initialBytes: UnsafeRawBufferPointer, ended: @escaping () -> Void) {
        self.ended = ended
        stream.delegate = self
        progress = loop.now
        if !initialBytes.isEmpty { received(initialBytes) }
        updateTimer()
    }

    func drain() {
        guard !isDraining, phase != .closed else { return }
        isDraining = true
        closesAfterResponse = true
        // A request half received is still answered; it has its time limits. So is one that may be on its way.
        guard phase == .idle else { return }
        if progress.advanced(by: configuration.drainGrace) <= loop.now { closeInOrder() } else { updateTimer() }
    }

    func close() {
        stream.close()
    }

    /// Tells the server, once both the socket and the handler are done.
    func endIfDone() {
        guard phase == .closed, exchange == nil, let ended else { return }
        self.ended = nil
        ended()
    }

    // MARK: Requests

    /// Parses what came and what waited, as far as the exchange in progress allows.
    func parse(_ bytes: UnsafeRawBufferPointer) {
        guard !isParsing else {
            // The caller above goes on with what waits.
            waiting.append(contentsOf: bytes)
            return
        }
        isParsing = true
        defer { isParsing = false }
        if !waiting.isEmpty {
            var all: [UInt8] = []
            swap(&all, &waiting)
            all.append(contentsOf: bytes)
            all.withUnsafeBytes { parseAll($0) }
        } else {
            parseAll(bytes)
        }
        if sawEnd, waiting.isEmpty, phase == .idle || phase == .head { closeInOrder() }
        updateReading()
    }

    private func parseAll(_ bytes: UnsafeRawBufferPointer) {
        var rest = bytes
        do throws(HTTP1Refusal) {
            while wantsBytes {
                guard let event = try parser.next(&rest) else { break }
                switch event {
                case .head(let head): begin(head)
                case .body(let piece): content(piece)
                case .end: endOfRequest()
                }
            }
        } catch {
            refuse(error)
            return
        }
        if phase == .idle, !parser.isIdle {
            phase = .head
            progress = loop.now
        }
        if !isEnding { waiting.append(contentsOf: rest) }
    }

    /// Whether the parser may go on: one request at a time, and none while much output still waits.
    private var wantsBytes: Bool {
        switch phase {
        case .idle, .head: stream.pendingBytes <= HTTPExchange.highWater
        case .exchange, .discarding: !requestEnded
        case .lingering, .closing, .closed: false
        }
    }

    private func begin(_ head: HTTP1RequestHead) {
        phase = .exchange
        progress = loop.now
        request = head
        requestEnded = head.framing == .none
        responseEnded = false
        continueIsOwed = head.expectsContinue
        encoder = nil
        requestCount += 1
        if !head.keepsAlive || requestCount >= configuration.maximumRequestsPerConnection {
            closesAfterResponse = true
        }
        if requestEnded, let answer = immediate?(head.head) {
            return send(atOnce: answer, withContent: head.head.method != .head && answer.content.count > 0)
        }
        var expectedLength: Int?
        if case .length(let length) = head.framing { expectedLength = length }
        if head.framing != .none {
            let pipe = HTTPBodyPipe(loop: loop)
            pipe.source = self
            self.pipe = pipe
        }
        let exchange = HTTPExchange(
            head: head.head,
            remote: stream.remote,
            pipe: pipe,
            expectedLength: expectedLength,
            sink: self,
            loop: loop,
            seating: seating,
            handler: handler
        )
        self.exchange = exchange
        exchange.start()
        // The parser still owes the end of a request without content.
        if requestEnded { endOfEmptyRequest() }
    }

    /// Answers without an exchange, as nothing has to be waited for; the caller goes on with the next request.
    private func send(atOnce answer: HTTPPreparedResponse, withContent: Bool) {
        endOfEmptyRequest()
        send(answer, adding: [:], withContent: withContent)
        encoder?.closes == true ? closeInOrder() : nextRequest()
    }

    /// Takes the `.end` that follows the head of a request without content.
    private func endOfEmptyRequest() {
        var none = UnsafeRawBufferPointer(start: nil, count: 0)
        let event = try? parser.next(&none)
        guard case .end = event else { preconditionFailure("a request without content ends at once") }
    }

    private func content(_ piece: UnsafeRawBufferPointer) {
        // Bytes came without being asked for: nothing is owed any more (RFC 9110 §10.1.1).
        continueIsOwed = false
        if phase == .discarding {
            // No progress: who sends what nobody wants has a time for all of it.
            discard(piece.count)
        } else {
            progress = loop.now
            pipe?.push([UInt8](piece))
        }
    }

    private func endOfRequest() {
        requestEnded = true
        pipe?.finish()
        if phase == .discarding { nextRequest() }
    }

    private func discard(_ count: Int) {
        discardedBytes += count
        if discardedBytes > configuration.maximumDiscardedBytes { linger() }
    }

    // MARK: Ends

    /// The handler is done and so is the response: the next request, or the end.
    func finishExchange() {
        pipe?.source = nil
        pipe = nil
        guard phase == .exchange else { return endIfDone() }
        guard responseEnded else { return stream.close() }
        if encoder?.closes == true {
            requestEnded ? closeInOrder() : linger()
        } else if requestEnded {
            nextRequest()
            parse(UnsafeRawBufferPointer(start: nil, count: 0))
        } else {
            phase = .discarding
            discardedBytes = 0
            progress = loop.now
            parse(UnsafeRawBufferPointer(start: nil, count: 0))
        }
        updateTimer()
    }

    private func nextRequest() {
        request = nil
        encoder = nil
        phase = .idle
        progress = loop.now
        if closesAfterResponse { closeInOrder() }
    }

    /// Answers what cannot be read, and ends. If a handler is at work its own answer may have begun, so it is cut off.
    private func refuse(_ refusal: HTTP1Refusal) {
        requestEnded = false
        if phase == .exchange {
            let began = encoder != nil
            exchange?.abort(HTTPError(refusal.status == 413 ? .bodyTooLarge : .malformed, refusal.reason))
            guard !began else { return stream.close() }
        } else if phase == .discarding {
            return linger()
        }
        answer(refusal.status, refusal.reason)
    }

    /// Sends an answer of the connection's own, and ends.
    func answer(_ status: Int, _ reason: String) {
        let text = Array((reason + "\n").utf8)
        var encoder = HTTP1ResponseEncoder(closes: true)
        let head = HTTPResponseHead(
            status: status,
            fields: ["content-type": "text/plain; charset=utf-8", "content-length": String(text.count)]
        )
        write(encoder.head(head, for: request?.head, date: date.now(), end: false))
        if request?.head.method != .head { write(text) }
        linger()
    }

    /// Ends in order: lets the peer read the answer while what it still sends is thrown away. Closing at once with
    /// unread bytes would reset the connection, and the answer with it (RFC 9112 §9.6).
    private func linger() {
        guard !isEnding else { return }
        phase = .lingering
        progress = loop.now
        discardedBytes = 0
        waiting = []
        resumeReadingIfPaused()
        if sawEnd {
            closeInOrder()
        } else {
            loop.atEndOfTurn(self)
        }
        updateTimer()
    }

    /// Ends when what was written has been sent; the peer has nothing more to say.
    func closeInOrder() {
        guard phase != .closing, phase != .closed else { return }
        phase = .closing
        progress = loop.now
        waiting = []
        stream.closeAfterFlush()
        updateTimer()
    }

    /// Whether no further request will be read.
    var isEnding: Bool { phase == .lingering || phase == .closing || phase == .closed }

    // MARK: Reading

    /// Reads the socket or not, by what is behind.
    func updateReading() {
        guard !isEnding else { return }
        let isBehind =
            (pipe?.bufferedBytes ?? 0) > configuration.bodyBufferBytes
            || waiting.count > configuration.maximumHeaderBytes
            || (phase == .idle || phase == .head) && stream.pendingBytes > HTTPExchange.highWater
        if isBehind, !isReadingPaused {
            isReadingPaused = true
            stream.pauseReading()
            // Output that goes out in this turn is no reason to wait.
            if stream.pendingBytes > HTTPExchange.highWater { checkRoomAtEndOfTurn() }
        } else if !isBehind {
            resumeReadingIfPaused()
        }
    }

    /// Looks again when the stream has sent what it can of this turn.
    func checkRoomAtEndOfTurn() {
        guard !willCheckRoom else { return }
        willCheckRoom = true
        loop.atEndOfTurn(self)
    }

    private func resumeReadingIfPaused() {
        guard isReadingPaused else { return }
        isReadingPaused = false
        // The peer was held up by us: its time begins now.
        progress = loop.now
        stream.resumeReading()
        updateTimer()
    }
}
