import Reactor

extension HTTP1Connection: ByteStreamDelegate {
    func received(_ bytes: UnsafeRawBufferPointer) {
        guard phase != .closing else { return }
        if phase == .lingering {
            discardedBytes += bytes.count
            // Whoever sends this much after an answer does not read it.
            if discardedBytes > 16 * configuration.maximumDiscardedBytes { stream.close() }
            return
        }
        parse(bytes)
        updateTimer()
    }

    func receivedEnd() {
        sawEnd = true
        switch phase {
        case .idle, .head:
            parse(UnsafeRawBufferPointer(start: nil, count: 0))
        case .discarding, .lingering:
            closeInOrder()
        case .exchange:
            // A peer may close its side after its request and still read; if it is gone, writing will tell.
            guard !requestEnded else { return }
            exchange?.abort(HTTPError(.incomplete, "the peer closed before the end of the content"))
            stream.close()
        case .closing, .closed:
            break
        }
    }

    func drained() {
        writeProgress = nil
        exchange?.outputDrained()
        if phase == .idle || phase == .head { parse(UnsafeRawBufferPointer(start: nil, count: 0)) }
        if phase == .lingering { stream.shutdownOutput() }
        updateTimer()
    }

    func closed(_ error: SystemError?) {
        phase = .closed
        timer?.cancel()
        timer = nil
        waiting = []
        exchange?.abort(HTTPError(.closed, "the connection is gone"))
        endIfDone()
    }
}

extension HTTP1Connection: EndOfTurn {
    /// The stream has sent what it could of this turn: whoever waited for room looks again, the next request too.
    func endOfTurn() {
        willCheckRoom = false
        if phase == .lingering { stream.shutdownOutput() }
        guard stream.pendingBytes <= HTTPExchange.highWater else { return }
        exchange?.outputDrained()
        // The stream says that it has drained only when it had to wait: what the kernel took at once is seen here.
        if phase == .idle || phase == .head { parse(UnsafeRawBufferPointer(start: nil, count: 0)) }
    }
}
