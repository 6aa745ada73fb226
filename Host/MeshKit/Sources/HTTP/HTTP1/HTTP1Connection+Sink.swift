import Reactor

extension HTTP1Connection: HTTPResponseSink {
    var bufferedBytes: Int { stream.pendingBytes }

    func sendHead(_ head: HTTPResponseHead, end: Bool) {
        guard phase == .exchange, encoder == nil, let request else { return }
        // A peer that got no leave to send may send its content or not: what comes next could be either.
        var encoder = HTTP1ResponseEncoder(closes: closesAfterResponse || continueIsOwed)
        write(encoder.head(head, for: request.head, date: date.now(), end: end))
        self.encoder = encoder
        continueIsOwed = false
        responseEnded = end
    }

    func send(_ answer: HTTPPreparedResponse, adding fields: HTTPFields, withContent: Bool) {
        guard phase == .exchange, encoder == nil, let request else { return }
        var encoder = HTTP1ResponseEncoder(closes: closesAfterResponse || continueIsOwed)
        let before = stream.pendingBytes
        stream.gather { out in
            out += answer.lines
            HTTP1ResponseEncoder.append(fields, to: &out)
            out += date.line()
            encoder.ending(for: request.head).withUTF8Buffer { out.append(contentsOf: $0) }
        }
        wrote(stream.pendingBytes - before)
        self.encoder = encoder
        continueIsOwed = false
        responseEnded = true
        guard withContent else { return }
        stream.write(answer.content, 0..<answer.content.count)
        wrote(answer.content.count)
        if stream.pendingBytes > HTTPExchange.highWater { checkRoomAtEndOfTurn() }
    }

    func sendBody(_ bytes: [UInt8]) {
        guard phase == .exchange, let encoder, !responseEnded else { return }
        var (before, after) = encoder.around(bytes.count)
        before.withUTF8 { write(UnsafeRawBufferPointer($0)) }
        write(bytes)
        after.withUTF8 { write(UnsafeRawBufferPointer($0)) }
        if stream.pendingBytes > HTTPExchange.highWater { checkRoomAtEndOfTurn() }
    }

    func sendEnd(trailers: HTTPFields?) {
        guard phase == .exchange, let encoder, !responseEnded else { return }
        write(encoder.end(trailers))
        responseEnded = true
    }

    func reset() {
        stream.close()
    }

    func looksForRoomAtEndOfTurn() {
        checkRoomAtEndOfTurn()
    }

    func limitUnsent(_ bytes: Int) {
        stream.limitUnsent(bytes)
    }

    func handlerEnded() {
        exchange = nil
        finishExchange()
    }

    func returnWindow(_ bytes: Int) {
        updateReading()
    }

    func bodyWanted() {
        guard continueIsOwed, encoder == nil else { return }
        continueIsOwed = false
        progress = loop.now
        write(Array("HTTP/1.1 100 Continue\r\n\r\n".utf8))
    }

    func write(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { write($0) }
    }

    private func write(_ bytes: UnsafeRawBufferPointer) {
        guard !bytes.isEmpty else { return }
        stream.write(bytes)
        wrote(bytes.count)
    }

    /// Keeps time of output that the socket has to take.
    private func wrote(_ count: Int) {
        writtenBytes += count
        guard writeProgress == nil else { return }
        writeProgress = loop.now
        takenAtWriteProgress = writtenBytes - stream.pendingBytes
        updateTimer()
    }
}
