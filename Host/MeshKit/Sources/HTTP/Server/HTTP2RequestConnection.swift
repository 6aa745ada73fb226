internal import Reactor

/// An HTTP/2 connection of an `HTTPServer`: gives each stream to the handler. Loop only.
final class HTTP2RequestConnection: HTTPVersionConnection {
    let configuration: HTTPServerConfiguration
    let connection: HTTP2Connection
    private let immediate: HTTPImmediate?
    let seating: HTTPSeating?
    let handler: HTTPHandler
    var loop: EventLoop { connection.loop }
    var date = HTTPDate()

    private var isClosed = false
    private var ended: (() -> Void)?

    init(
        stream: ByteStream,
        configuration: HTTPServerConfiguration,
        immediate: HTTPImmediate?,
        seating: HTTPSeating?,
        handler: @escaping HTTPHandler
    ) {
        self.configuration = configuration
        self.immediate = immediate
        self.seating = seating
        self.handler = handler
        var settings = HTTP2Settings()
        settings.maximumStreams = configuration.maximumConcurrentStreams
        settings.maximumHeaderList = configuration.maximumHeaderBytes
        settings.streamWindow = configuration.streamWindow
        settings.connectionWindow = configuration.connectionWindow
        settings.prefaceTimeout = configuration.headerTimeout
        settings.writeTimeout = configuration.writeTimeout
        settings.windowTimeout = configuration.writeTimeout
        settings.idleTimeout = configuration.idleTimeout
        settings.maximumAge = configuration.maximumConnectionAge
        settings.ageGrace = configuration.connectionAgeGrace
        settings.keepAlive.withStreams = configuration.keepAliveWithStreams
        settings.keepAlive.withoutStreams = configuration.keepAliveWithoutStreams
        settings.resetBurst = configuration.resetBurst
        settings.resetRate = configuration.resetsPerSecond
        settings.pings.withStreams = configuration.leastPingInterval
        settings.pings.withoutStreams = configuration.leastIdlePingInterval
        settings.maximumQueuedAnswers = configuration.maximumQueuedControlFrames
        settings.maximumEmptyFrames = configuration.maximumEmptyFrames
        settings.abuse = configuration.abuse
        settings.penalties = configuration.penalties
        connection = HTTP2Connection(.server, transport: stream, settings: settings)
    }

    func start(initialBytes: UnsafeRawBufferPointer, ended: @escaping () -> Void) {
        self.ended = ended
        connection.delegate = self
        connection.start(initial: initialBytes)
    }

    func drain() {
        connection.drain()
    }

    func close() {
        connection.close()
    }

    /// A handler has returned: its slot is free, and the last one of a closed connection ends that.
    func handlerEnded(_ stream: HTTP2Stream) {
        stream.handlerEnded()
        endIfDone()
    }

    private func endIfDone() {
        guard isClosed, connection.handlerCount == 0, let ended else { return }
        self.ended = nil
        ended()
    }
}

extension HTTP2RequestConnection: HTTP2ConnectionDelegate {
    func accept(
        _ stream: HTTP2Stream,
        _ block: borrowing HTTP2HeaderBlock,
        isEnd: Bool
    ) -> (any HTTP2StreamHandler)? {
        guard !block.isOversized else { return refuse(stream, 431, isEnd) }
        let head = block.requestHead()
        guard head.method != .connect else { return refuse(stream, 501, isEnd) }
        guard HTTP1HeadBuilder.isAuthority(head.authority) else { return refuse(stream, 400, isEnd) }
        // Two names of one host: whoever is behind us might go by the other.
        if let host = head.fields["host"], host.lowercased() != head.authority.lowercased() {
            return refuse(stream, 400, isEnd)
        }
        var length: Int?
        if let text = head.fields["content-length"] {
            guard let number = Int(text), number >= 0 else { return refuse(stream, 400, isEnd) }
            guard number <= configuration.maximumBodyBytes else { return refuse(stream, 413, isEnd) }
            length = number
        }
        if isEnd, let answer = immediate?(head) {
            send(answer, adding: [:], withContent: head.method != .head && answer.content.count > 0, on: stream)
            return nil
        }
        stream.handlerBegan()
        return HTTP2RequestStream(stream, head, expectedLength: length, isEnd: isEnd, of: self)
    }

    /// Sends an answer that was made before, in whole.
    func send(_ answer: HTTPPreparedResponse, adding: HTTPFields, withContent: Bool, on stream: HTTP2Stream) {
        var fields = answer.block
        fields.append(adding)
        fields.append("date", date.now())
        stream.respond(fields, end: !withContent)
        guard withContent else { return }
        stream.write(answer.content)
        stream.finish()
    }

    private func refuse(_ stream: HTTP2Stream, _ status: Int, _ isEnd: Bool) -> (any HTTP2StreamHandler)? {
        var fields = HTTP2Fields()
        fields.append(":status", String(status))
        stream.respond(fields, end: true)
        if !isEnd { stream.resetAfterOutput(.noError) }
        return nil
    }

    func ready() {}
    func goingAway() {}

    func closed(_ error: SystemError?) {
        isClosed = true
        endIfDone()
    }
}
