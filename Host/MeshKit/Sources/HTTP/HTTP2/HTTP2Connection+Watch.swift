import Observe
import Reactor

/// One timer a connection, set for the earliest limit. It looks at everything when it fires, so that what happens often
/// costs a stored time and no timer.
extension HTTP2Connection {
    /// Makes the timer fire no later than at `time`.
    func look(at time: MonotonicTime) {
        guard !isClosed, !isCutOff else { return }
        if let timer {
            guard time < timer.time else { return }
            timer.timer.cancel()
        }
        timer = (loop.schedule(at: time) { self.look() }, time)
    }

    private func look() {
        timer = nil
        guard !isClosed else { return }
        var sight = HTTP2Watch.Sight(heard: heard)
        sight.streams = streamCount
        sight.handlers = handlerCount
        sight.isReady = isReady
        sight.isAcknowledged = isAcknowledged
        sight.blockSince = openBlock?.since
        sight.pending = transport.pendingBytes
        sight.taken = writtenBytes - transport.pendingBytes
        let (findings, next) = watch.look(sight, at: loop.now)
        for finding in findings {
            switch finding {
            case .abuse(let reason): cutOff(reason)
            case .silent: askForLife()
            case .streams: resetStalled(loop.now)
            case .idle: role == .server ? drain() : close()
            case .aged: drain()
            case .unanswered: finalGoaway()
            case .expired: close()
            }
        }
        if let next { look(at: next) }
    }

    /// Ends the streams whose peer asked for something and gives no window to send it.
    private func resetStalled(_ now: MonotonicTime) {
        guard let patience = settings.windowTimeout else { return }
        var next = first
        while let stream = next {
            next = stream.next
            guard stream.isStalled(at: now, for: patience) else { continue }
            settings.abuse?.count("held_answer")
            submitReset(stream, .cancel)
        }
    }
}
