internal import Reactor

/// One connection that listens to one channel, and is made again when it breaks. Loop only.
// Safe: touched on `loop` alone; the public sequence hops there.
final class PostgresListener: PostgresConnectionDelegate, @unchecked Sendable {
    /// So many messages wait for the reader; then they are dropped, and it is told.
    static let capacity = 10_000

    let loop: EventLoop
    private let pool: PostgresPool
    private var blocking: BlockingPool { pool.blocking }
    private let configuration: PostgresConfiguration
    private let statement: PostgresQuery
    private var connection: PostgresConnection?
    private let silentHosts = SilentHosts()
    private var attempt: ConnectionAttempt?
    private var failures = 0
    private var events = FIFO<PostgresNotificationEvent>()
    private var waiting: UnsafeContinuation<Void, Never>?
    private var started: UnsafeContinuation<PostgresError?, Never>?
    private var hasListened = false
    private var end: PostgresError?
    private var lastError: PostgresError?

    init(_ channel: String, pool: PostgresPool) {
        self.pool = pool
        loop = pool.loop
        configuration = pool.configuration
        statement = "LISTEN \(identifier: channel)"
    }

    /// Connects, and returns when the server listens.
    func start(_ deadline: MonotonicTime) async throws(PostgresError) {
        let timer = loop.schedule(at: deadline) { [self] in stop(lastError ?? .timeout) }
        defer { timer.cancel() }
        let error = await withUnsafeContinuation { continuation in
            started = continuation
            if let end { return stop(end) }
            guard pool.add(self) else { return stop(.closed) }
            connect()
        }
        if let error { throw error }
    }

    func stop(_ error: PostgresError) {
        if end == nil { end = error }
        pool.remove(self)
        attempt?.cancel(error)
        connection?.close(error)
        started?.resume(returning: error)
        started = nil
        wake()
    }

    func next() async throws(PostgresError) -> PostgresNotificationEvent {
        while true {
            if let end { throw end }
            if !events.isEmpty { return events.removeFirst() }
            await withUnsafeContinuation { waiting = $0 }
        }
    }

    // MARK: From the connection

    func finished(_: PostgresConnection, _: Int) {}
    func settled(_: PostgresConnection) {}
    func retry(_: PostgresRequest) {}

    func notified(_: PostgresConnection, _ notification: PostgresNotification) {
        if events.count >= Self.capacity {
            events = FIFO()
            events.append(.interrupted)
        }
        events.append(.notification(notification))
        wake()
    }

    func lost(_: PostgresConnection, _ error: PostgresError) {
        connection = nil
        lastError = error
        again()
    }

    // MARK: Private

    private func connect() {
        guard end == nil else { return }
        let attempt = ConnectionAttempt(
            configuration,
            silent: silentHosts,
            loop: loop,
            pool: blocking
        ) { [weak self] outcome in
            guard let self else { return }
            self.attempt = nil
            switch outcome {
            case .success(let handle): connected(handle)
            case .failure(let error):
                lastError = error
                if error.isRefusal, !hasListened { stop(error) } else { again() }
            }
        }
        self.attempt = attempt
        attempt.start()
    }

    private func connected(_ handle: PQHandle) {
        guard end == nil else { return }
        let connection = PostgresConnection(
            handle,
            id: 0,
            loop: loop,
            blocking: blocking,
            cancelGate: pool.cancelGate,
            configuration: configuration,
            delegate: self
        )
        self.connection = connection
        do {
            try connection.start()
        } catch {
            return connection.lose("\(error)")
        }
        connection.send(PostgresRequest(statement) { [weak self] outcome in self?.listens(outcome) })
    }

    private func listens(_ outcome: Result<PostgresResult, PostgresError>) {
        guard end == nil else { return }
        switch outcome {
        case .success:
            failures = 0
            if hasListened {
                events.append(.interrupted)
                wake()
            }
            hasListened = true
            started?.resume(returning: nil)
            started = nil
        case .failure(let error) where error.code == .server && !hasListened: stop(error)
        case .failure(let error): connection?.close(error)
        }
    }

    private func again() {
        guard end == nil else { return }
        failures += 1
        let isRefused = lastError?.isRefusal == true
        let delay = PostgresPoolState.delay(failures: failures, isRefusal: isRefused) * Double.random(in: 0.8...1.2)
        loop.schedule(after: delay) { [weak self] in self?.connect() }
    }

    private func wake() {
        waiting?.resume()
        waiting = nil
    }
}
