internal import Reactor

/// One request on a stream of HTTP/2, between the stream and the exchange. Loop only.
final class HTTP2RequestStream {
    private let stream: HTTP2Stream
    private let owner: HTTP2RequestConnection
    private let pipe: HTTPBodyPipe?
    private var exchange: HTTPExchange?
    private var receivedBytes = 0
    private var hasAnswered = false

    init(
        _ stream: HTTP2Stream,
        _ head: HTTPRequestHead,
        expectedLength: Int?,
        isEnd: Bool,
        of owner: HTTP2RequestConnection
    ) {
        self.stream = stream
        self.owner = owner
        pipe = isEnd ? nil : HTTPBodyPipe(loop: owner.loop)
        pipe?.source = self
        let exchange = HTTPExchange(
            head: head,
            remote: owner.connection.transport.remote,
            pipe: pipe,
            expectedLength: expectedLength,
            sink: self,
            loop: owner.loop,
            seating: owner.seating,
            handler: owner.handler
        )
        self.exchange = exchange
        exchange.start()
    }
}

extension HTTP2RequestStream: HTTP2StreamHandler {
    /// Trailers: nothing here uses them.
    func headers(_ block: borrowing HTTP2HeaderBlock, isEnd: Bool) {
        if isEnd { pipe?.finish() }
    }

    func data(_ bytes: UnsafeRawBufferPointer) {
        receivedBytes += bytes.count
        guard receivedBytes <= owner.configuration.maximumBodyBytes else {
            stream.consume(bytes.count)
            guard exchange != nil else { return }
            exchange?.abort(HTTPError(.bodyTooLarge, "the content is too long"))
            if !hasAnswered {
                var fields = HTTP2Fields()
                fields.append(":status", "413")
                hasAnswered = true
                stream.respond(fields, end: true)
                stream.resetAfterOutput(.noError)
            } else {
                stream.reset(.cancel)
            }
            return
        }
        guard let pipe else { return stream.consume(bytes.count) }
        pipe.push([UInt8](bytes))
    }

    func receivedEnd() {
        pipe?.finish()
    }

    func drained() {
        exchange?.outputDrained()
    }

    func closed(_ code: HTTP2ErrorCode) {
        exchange?.abort(
            code == .connectionLost
                ? HTTPError(.closed, "the connection is gone")
                : HTTPError(.reset, "the peer cancelled the request")
        )
    }
}

extension HTTP2RequestStream: HTTPResponseSink {
    /// What waits for the peer's window; as much as there is while the stream or its connection takes no more.
    var bufferedBytes: Int {
        if stream.isClosed { return 0 }
        return stream.isWritable ? stream.pendingBytes : Int.max
    }

    func tellsOfRoom(below count: Int) {
        stream.tellWhenBelow(count)
    }

    func sendHead(_ head: HTTPResponseHead, end: Bool) {
        guard !hasAnswered else { return }
        hasAnswered = true
        var fields = HTTP2Fields()
        fields.append(":status", String(head.status))
        fields.append(head.fields)
        if let length = head.fields["content-length"] { fields.append("content-length", length) }
        if !head.fields.contains("date") { fields.append("date", owner.date.now()) }
        stream.respond(fields, end: end)
        if end { endedOutput() }
    }

    func send(_ answer: HTTPPreparedResponse, adding fields: HTTPFields, withContent: Bool) {
        guard !hasAnswered else { return }
        hasAnswered = true
        owner.send(answer, adding: fields, withContent: withContent, on: stream)
        endedOutput()
    }

    func sendBody(_ bytes: [UInt8]) {
        stream.write(bytes)
    }

    func sendEnd(trailers: HTTPFields?) {
        var fields: HTTP2Fields?
        if let trailers, !trailers.isEmpty {
            var block = HTTP2Fields()
            block.append(trailers)
            fields = block
        }
        stream.finish(fields)
        endedOutput()
    }

    /// The answer is complete: a peer that still sends is told that the rest is not wanted (RFC 9113 §8.1).
    private func endedOutput() {
        if let pipe, !pipe.isEnded { stream.resetAfterOutput(.noError) }
    }

    func reset() {
        stream.reset(.internalError)
    }

    func handlerEnded() {
        exchange = nil
        owner.handlerEnded(stream)
    }

    func returnWindow(_ bytes: Int) {
        stream.consume(bytes)
    }
}
