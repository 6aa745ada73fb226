import Reactor

/// One timer a connection. It is set for the earliest limit and looks again when it fires, so that progress, which is
/// frequent, costs a stored time and no timer.
extension HTTP1Connection {
    /// The limit of what the peer is to do now, if it is to do something.
    private var limit: Duration? {
        switch phase {
        case .idle where isDraining: configuration.drainGrace
        case .idle: requestCount == 0 ? configuration.headerTimeout : configuration.idleTimeout
        case .head: configuration.headerTimeout
        case .exchange: requestEnded || isReadingPaused || continueIsOwed ? nil : configuration.bodyTimeout
        case .discarding: configuration.discardTime
        case .lingering: configuration.lingerTime
        case .closing: configuration.writeTimeout
        case .closed: nil
        }
    }

    private var deadline: MonotonicTime? {
        let phaseEnd = limit.map { progress.advanced(by: $0) }
        let writeEnd = writeProgress.map { $0.advanced(by: configuration.writeTimeout) }
        guard let phaseEnd, let writeEnd else { return phaseEnd ?? writeEnd }
        return min(phaseEnd, writeEnd)
    }

    /// Makes the timer fire no later than the next limit.
    func updateTimer() {
        guard phase != .closed, let deadline else { return }
        if let timerTime, timerTime <= deadline { return }
        timer?.cancel()
        timerTime = deadline
        timer = loop.schedule(at: deadline) { [weak self] in self?.timerFired() }
    }

    private func timerFired() {
        timer = nil
        timerTime = nil
        guard phase != .closed else { return }
        checkWriteProgress()
        if phase != .closed, let limit, progress.advanced(by: limit) <= loop.now {
            expire()
        }
        updateTimer()
    }

    private func checkWriteProgress() {
        guard let since = writeProgress else { return }
        let taken = writtenBytes - stream.pendingBytes
        if taken == writtenBytes {
            writeProgress = nil
        } else if taken > takenAtWriteProgress {
            takenAtWriteProgress = taken
            writeProgress = loop.now
        } else if since.advanced(by: configuration.writeTimeout) <= loop.now {
            stream.close()
        }
    }

    private func expire() {
        switch phase {
        case .head:
            answer(408, "the request took too long")
        case .exchange:
            let began = encoder != nil
            exchange?.abort(HTTPError(.timeout, "the content took too long"))
            began ? stream.close() : answer(408, "the content took too long")
        case .idle, .discarding, .lingering, .closing:
            stream.close()
        case .closed:
            break
        }
    }
}
