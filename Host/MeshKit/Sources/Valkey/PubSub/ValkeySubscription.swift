internal import Reactor

/// One subscription: a connection of its own, made anew when it is lost, and a bounded buffer for its reader. Its `run`
/// is a job of the loop that the scope of `ValkeyClient.subscribe` ends.
///
/// Safe: touched on `loop` alone, where each entry hops to.
final class ValkeySubscription: LoopJob, @unchecked Sendable {
    let loop: EventLoop
    private let channels: [String]
    private let patterns: [String]
    private let search: ServerSearch
    private var state: SubscriptionState
    private var buffer: EventBuffer
    private var reconnect = ReconnectState()
    private var connection: ValkeyConnection?
    private var worker: LoopWorker?
    private var failure: ValkeyError?
    private var lastFailure: ValkeyError?
    private var opener: UnsafeContinuation<Void, Never>?
    private var reader: UnsafeContinuation<Void, Never>?
    private var follower: UnsafeContinuation<Void, Never>?

    init(channels: [String], patterns: [String], _ search: ServerSearch, maximumMessages: Int) {
        loop = search.loop
        self.channels = channels
        self.patterns = patterns
        self.search = search
        state = SubscriptionState(expected: channels.count + patterns.count)
        buffer = EventBuffer(maximum: maximumMessages)
    }

    // MARK: For the scope

    /// Subscribes, and waits until the server has confirmed all of it.
    func open(deadline: MonotonicTime) async throws(ValkeyError) {
        worker = LoopWorkers.of(loop).run(self)
        let timer = loop.schedule(at: deadline) { [self] in
            let reason = lastFailure.map { "; no connection: \($0.message)" } ?? ""
            end(ValkeyError(.timeout, "the subscription was not confirmed before the deadline\(reason)"))
        }
        defer { timer.cancel() }
        await withTaskCancellationHandler {
            guard failure == nil, !state.wasOpen else { return }
            await withUnsafeContinuation { opener = $0 }
        } onCancel: {
            loop.execute { self.end(Self.cancelledError) }
        }
        if let failure { throw failure }
    }

    /// The next event; nil when the scope has ended.
    func next() async throws(ValkeyError) -> ValkeySubscriptionEvent? {
        while true {
            if let (event, resumes) = buffer.popFirst() {
                if resumes { connection?.resumeReading() }
                return event
            }
            if let failure {
                if failure.code == .closed { return nil }
                throw failure
            }
            if Task.isCancelled { throw Self.cancelledError }
            precondition(reader == nil, "a subscription has one reader at a time")
            await withTaskCancellationHandler {
                await withUnsafeContinuation { reader = $0 }
            } onCancel: {
                loop.execute { self.wakeReader() }
            }
        }
    }

    /// Ends the subscription.
    func close() {
        end(ValkeyError(.closed, "the subscription has ended"))
    }

    private static let cancelledError = ValkeyError(.cancelled, "the task was cancelled")

    // MARK: The connection

    func run() async {
        var action = reconnect.wanted()
        var attempt = 0
        while failure == nil {
            switch action {
            case .nothing: return
            case .retry(let time):
                // Cancelled only by `end`, which the loop's condition sees.
                try? await loop.sleep(until: time)
                action = reconnect.retryDue()
            case .search:
                do throws(ValkeyError) {
                    let connection = try await search.open(attempt: attempt)
                    reconnect.found(.now())
                    await follow(connection)
                    action = reconnect.lost(.now(), dice: Double.random(in: 0...1))
                } catch {
                    lastFailure = error
                    attempt += 1
                    if error.isRefusal { end(error) }
                    action = reconnect.notFound(.now(), dice: Double.random(in: 0...1))
                }
            }
        }
    }

    /// Takes what a connection brings, until it is lost.
    private func follow(_ connection: ValkeyConnection) async {
        guard failure == nil else { return connection.fail(Self.cancelledError) }
        guard !connection.isLost else { return }
        self.connection = connection
        state.restart()
        connection.owner = self
        connection.messages = { [self] in received($0) }
        if !channels.isEmpty {
            var command = ValkeyCommand("SUBSCRIBE")
            command.append(contentsOf: channels)
            connection.send(command)
        }
        if !patterns.isEmpty {
            var command = ValkeyCommand("PSUBSCRIBE")
            command.append(contentsOf: patterns)
            connection.send(command)
        }
        if buffer.isFull { connection.pauseReading() }
        await withUnsafeContinuation { follower = $0 }
    }

    private func received(_ reply: ValkeyReply) {
        switch state.received(reply) {
        case .nothing: break
        case .opened: wakeOpener()
        case .event(let event):
            if buffer.append(event) { connection?.pauseReading() }
            wakeReader()
        case .refused(let error):
            if error.isRefusal { end(error) } else { connection?.fail(error) }
        case .violation:
            connection?.fail(ValkeyError(.protocolViolation, "the server sends what is no message"))
        }
    }

    private func end(_ error: ValkeyError) {
        guard failure == nil else { return }
        failure = error
        reconnect.close()
        connection?.fail(error)
        worker?.cancel()
        wakeOpener()
        wakeReader()
    }

    private func wakeOpener() {
        opener?.resume()
        opener = nil
    }

    private func wakeReader() {
        reader?.resume()
        reader = nil
    }
}

extension ValkeySubscription: ValkeyConnectionOwner {
    func connectionHasRoom(_ connection: ValkeyConnection) {}

    func connectionRetires(_ connection: ValkeyConnection) {}

    func connectionLost(_ connection: ValkeyConnection, _ error: ValkeyError, unsent: [ValkeyCall]) {
        lastFailure = error
        self.connection = nil
        follower?.resume()
        follower = nil
    }
}
