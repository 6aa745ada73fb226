internal import Reactor

/// The part of a mail client that lives on one loop: its connections, and who waits for one.
// Safe: touched on `loop` alone; cancellation goes through `loop.execute`.
final class SMTPShard: @unchecked Sendable {
    let loop: EventLoop
    private let pool: BlockingPool
    private let configuration: SMTPClientConfiguration
    private let anchors: TrustAnchors
    private var driver: CURLMultiDriver?
    private var gate: ConnectionGate
    private var idle: [SMTPConnection] = []
    private var open: [ObjectIdentifier: SMTPConnection] = [:]
    private var turns: [ConnectionGate.ID: UnsafeContinuation<Void, any Error>] = [:]
    private var lastID: ConnectionGate.ID = 0
    private var isClosed = false
    private var sweeper: LoopTimer?

    init(_ loop: EventLoop, _ pool: BlockingPool, _ configuration: SMTPClientConfiguration, _ anchors: TrustAnchors) {
        self.loop = loop
        self.pool = pool
        self.configuration = configuration
        self.anchors = anchors
        let connections = configuration.connections
        gate = ConnectionGate(connections: connections, perOrigin: connections, waiting: configuration.maximumWaiting)
    }

    /// How many connections there are.
    var connectionCount: Int { open.count }

    func close() {
        isClosed = true
        sweeper?.cancel()
        for connection in Array(open.values) { connection.close() }
        for (id, turn) in turns {
            gate.cancel(id)
            turn.resume(throwing: FetchError(.closed, "the client was closed"))
        }
        turns = [:]
        driver = nil
    }

    func send(_ message: SMTPMessage, deadline: MonotonicTime?) async throws -> SMTPDelivery {
        // Every byte is looked at: for a large mail that is not a loop's work.
        let isLarge = message.content.count > 16 << 10
        let needs = isLarge ? try await pool.run { try message.check() } : try message.check()
        try await turn(deadline)
        defer { leave() }
        while true {
            guard !isClosed else { throw FetchError(.closed, "the client was closed") }
            let kept = takeIdle()
            let connection: SMTPConnection
            if let kept { connection = kept } else { connection = try await connect(deadline) }
            defer { giveBack(connection) }
            do {
                return try await connection.deliver(message, needs, deadline: deadline)
            } catch let error as FetchError where error.code == .connectionLost && kept != nil {
                // A kept connection that the server had given up: nothing was accepted, so another takes its place.
                continue
            }
        }
    }

    /// Connects and authenticates, and sends nothing.
    func probe(deadline: MonotonicTime?) async throws {
        try await turn(deadline)
        defer { leave() }
        guard !isClosed else { throw FetchError(.closed, "the client was closed") }
        giveBack(try await connect(deadline))
    }

    // MARK: Connections

    private func connect(_ deadline: MonotonicTime?) async throws -> SMTPConnection {
        let trust = configuration.security == .plainToLoopback ? nil : try await anchors.store(pool)
        guard !isClosed else { throw FetchError(.closed, "the client was closed") }
        let connections = configuration.connections * 2
        let driver =
            try self.driver
            ?? CURLMultiDriver(loop: loop, limits: .init(connections: connections, connectionsPerHost: connections))
        self.driver = driver
        let connection = try SMTPConnection(configuration, driver, trust: trust) { [weak self] in self?.closed($0) }
        open[ObjectIdentifier(connection)] = connection
        do {
            try await connection.open(deadline: deadline)
        } catch {
            connection.close()
            throw error
        }
        return connection
    }

    private func takeIdle() -> SMTPConnection? {
        // The last one used is the likeliest to be alive.
        while let connection = idle.popLast() {
            if connection.isUsable { return connection }
            connection.close()
        }
        return nil
    }

    private func giveBack(_ connection: SMTPConnection) {
        guard connection.isUsable, !isClosed else { return connection.close() }
        connection.idleSince = .now()
        idle.append(connection)
        sweepLater()
    }

    private func closed(_ connection: SMTPConnection) {
        open[ObjectIdentifier(connection)] = nil
        idle.removeAll { $0 === connection }
    }

    private func sweepLater() {
        guard sweeper == nil, let first = idle.map(\.idleSince).min() else { return }
        sweeper = loop.schedule(at: first.advanced(by: configuration.idleAge)) { [weak self] in self?.sweep() }
    }

    private func sweep() {
        sweeper = nil
        let now = MonotonicTime.now()
        for connection in idle where connection.idleSince.advanced(by: configuration.idleAge) <= now {
            connection.close()
        }
        sweepLater()
    }

    // MARK: Turns

    private static let queue = "mail"

    private func turn(_ deadline: MonotonicTime?) async throws {
        guard !isClosed else { throw FetchError(.closed, "the client was closed") }
        lastID += 1
        let id = lastID
        switch gate.enter(id, Self.queue) {
        case .start: return
        case .refused: throw FetchError(.overloaded, "\(configuration.host): too many mails wait already")
        case .wait: break
        }
        var timer: LoopTimer?
        defer { timer?.cancel() }
        try await withTaskCancellationHandler {
            try await withUnsafeThrowingContinuation { continuation in
                turns[id] = continuation
                guard !Task.isCancelled else { return giveUp(id, .cancelled, "the task was cancelled") }
                guard let deadline else { return }
                timer = loop.schedule(at: deadline) { [weak self] in
                    self?.giveUp(id, .deadlineExceeded, "the deadline has passed")
                }
            }
        } onCancel: {
            loop.execute { self.giveUp(id, .cancelled, "the task was cancelled") }
        }
    }

    private func giveUp(_ id: ConnectionGate.ID, _ code: FetchError.Code, _ message: String) {
        guard let turn = turns.removeValue(forKey: id) else { return }
        gate.cancel(id)
        turn.resume(throwing: FetchError(code, "\(configuration.host): \(message)"))
    }

    private func leave() {
        for id in gate.leave(Self.queue) { turns.removeValue(forKey: id)?.resume() }
    }
}
