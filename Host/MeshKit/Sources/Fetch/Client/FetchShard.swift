internal import CSystemCURL
internal import HTTP
internal import Observe
internal import Reactor

/// The part of a client that lives on one loop: its connections, who waits for one, and the way of a request through
/// redirects and retries.
// Safe: touched on `loop` alone.
final class FetchShard: @unchecked Sendable {
    let loop: EventLoop
    let counts = FetchMetrics.Counts()
    /// Hears what ended how.
    var metrics: FetchMetrics?
    private let pool: BlockingPool
    private let configuration: FetchClientConfiguration
    private let anchors: TrustAnchors
    private var driver: CURLMultiDriver?
    private var gate: ConnectionGate
    private var waiting: [ConnectionGate.ID: FetchTransfer] = [:]
    private var underWay: [ConnectionGate.ID: FetchTransfer] = [:]
    private var lastID: ConnectionGate.ID = 0
    /// Those that have their turn and are started a few at a time: curl sets all up that are new within one call.
    private var starting: [FetchTransfer] = []
    private var isStarting = false
    private var isClosed = false

    init(_ loop: EventLoop, _ pool: BlockingPool, _ configuration: FetchClientConfiguration, _ anchors: TrustAnchors) {
        self.loop = loop
        self.pool = pool
        self.configuration = configuration
        self.anchors = anchors
        gate = ConnectionGate(
            connections: configuration.connections,
            perOrigin: configuration.connectionsPerHost,
            waiting: configuration.maximumWaiting
        )
    }

    /// How many transfers there are, those that wait included.
    var transferCount: Int { waiting.count + underWay.count }

    /// Fails what is under way and closes the connections.
    func close() {
        guard !isClosed else { return }
        isClosed = true
        loop.schedule(after: .zero) { self.closeSome() }
    }

    /// Ends transfers for a part of a step's time, the rest in later ones, and last of all the connections. Those that wait
    /// go first, so that none of them gets its turn yet.
    private func closeSome() {
        let begun = MonotonicTime.now()
        while let (id, transfer) = waiting.first ?? underWay.first {
            transfer.fail(.closed, "the client was closed")
            // Gone by now, unless it had ended before, without a word.
            waiting[id] = nil
            underWay[id] = nil
            guard begun.duration(to: .now()) < Self.closingBudget else {
                loop.schedule(after: .zero) { self.closeSome() }
                return
            }
        }
        guard let driver else { return }
        self.driver = nil
        // Its connections are closed within one call of curl's.
        driver.retire()
        pool.execute { driver.free() }
    }

    /// How long one step ends transfers.
    private static let closingBudget = Duration.microseconds(200)

    // MARK: Requests

    /// The whole answer.
    func fetch(_ request: FetchRequest, deadline: MonotonicTime?, limit: Int?) async throws -> FetchResponse {
        var retries = retryState(request, deadline)
        let limit = limit ?? configuration.maximumBodyBytes
        while true {
            let transfer = try await open(request, deadline, limit: limit, &retries)
            let body: Result<[UInt8], any Error>
            do { body = .success(try await transfer.pipe.collect()) } catch { body = .failure(error) }
            await transfer.end()
            switch body {
            case .success(let bytes): return response(transfer, bytes)
            case .failure(let error): try await pause(after: error, &retries)
            }
        }
    }

    /// An answer whose head is there; the caller ends it.
    func open(_ request: FetchRequest, deadline: MonotonicTime?, limit: Int?) async throws -> FetchTransfer {
        var retries = retryState(request, deadline)
        return try await open(request, deadline, limit: limit, &retries)
    }

    private func open(
        _ request: FetchRequest,
        _ deadline: MonotonicTime?,
        limit: Int?,
        _ retries: inout RetryState
    ) async throws -> FetchTransfer {
        var request = request
        var redirects = 0
        while true {
            let transfer: FetchTransfer
            do {
                transfer = try await begin(request, deadline, limit: limit)
            } catch {
                try await pause(after: error, &retries)
                continue
            }
            do {
                let head = try await transfer.waitForHead()
                if let next = try configuration.redirects.next(
                    after: request,
                    status: head.status,
                    location: head.fields["location"],
                    taken: redirects
                ) {
                    await dismiss(transfer)
                    redirects += 1
                    request = next
                    continue
                }
                let retryAfter = head.fields["retry-after"].flatMap { RetryAfter.parse($0, now: .now()) }
                guard let time = next(&retries, .status(head.status, retryAfter: retryAfter)) else { return transfer }
                await dismiss(transfer)
                try await sleep(until: time)
            } catch {
                await transfer.end()
                try await pause(after: error, &retries)
            }
        }
    }

    /// Reads the rest of a short answer, so that its connection can be used again, and ends it.
    private func dismiss(_ transfer: FetchTransfer) async {
        var left = 64 << 10
        do {
            while left > 0, let chunk = try await transfer.pipe.next() { left -= chunk.count }
        } catch {
            // It was not wanted anyway.
        }
        await transfer.end()
    }

    private func retryState(_ request: FetchRequest, _ deadline: MonotonicTime?) -> RetryState {
        let isRepeatable = request.isIdempotent && request.body.isReplayable
        return RetryState(configuration.retry, isRepeatable: isRepeatable, deadline: deadline)
    }

    private func next(_ retries: inout RetryState, _ failure: RetryState.Failure) -> MonotonicTime? {
        retries.next(after: failure, now: .now(), dice: Double.random(in: 0...1))
    }

    /// Waits for the next attempt, or throws what failed this one.
    private func pause(after error: any Error, _ retries: inout RetryState) async throws {
        guard !isClosed, let code = (error as? FetchError)?.code, let time = next(&retries, .error(code)) else {
            throw error
        }
        try await sleep(until: time)
    }

    private func sleep(until time: MonotonicTime) async throws {
        do {
            try await loop.sleep(until: time)
        } catch {
            throw FetchError(.cancelled, "the task was cancelled")
        }
    }

    // MARK: Transfers

    private func begin(_ request: FetchRequest, _ deadline: MonotonicTime?, limit: Int?) async throws -> FetchTransfer {
        if let deadline, deadline <= .now() {
            throw FetchError(.deadlineExceeded, "\(request.url.host): the deadline has passed")
        }
        let trust = request.url.isSecure ? try await anchors.store(pool) : nil
        guard !isClosed else { throw FetchError(.closed, "the client was closed") }
        guard !Task.isCancelled else { throw FetchError(.cancelled, "the task was cancelled") }
        lastID += 1
        let transfer = try FetchTransfer(
            id: lastID,
            request,
            loop: loop,
            clock: TransferClock(
                deadline: deadline,
                connect: configuration.connectTimeout,
                firstByte: configuration.firstByteTimeout,
                stall: configuration.stallTimeout
            ),
            limit: limit,
            addresses: configuration.addresses
        ) { [weak self] in self?.ended($0) }
        try transfer.prepare(configuration, trust: trust)
        transfer.pipe.resumed = { [weak transfer] in transfer?.readerMadeRoom() }
        transfer.upload?.wanted = { [weak transfer] in
            transfer?.isSendPaused = false
            transfer?.goOn()
        }
        transfer.restart = { [weak self] transfer in
            transfer.open(.ownHTTP2)
            self?.add(transfer)
        }
        // Without TLS nothing is negotiated: connections are HTTP/1.1, or HTTP/2 by prior knowledge.
        let shares = transfer.mayShare
        if shares { transfer.connected = { [weak self] in self?.connected(request.url.origin) } }
        switch gate.enter(transfer.id, request.url.origin, shares: shares) {
        case .start: start(transfer)
        case .wait: waiting[transfer.id] = transfer
        case .refused: throw FetchError(.overloaded, "\(request.url.host): too many requests wait already")
        }
        count()
        return transfer
    }

    /// So many transfers are started in one step of the loop.
    private static let batch = 8

    private func start(_ transfer: FetchTransfer) {
        underWay[transfer.id] = transfer
        starting.append(transfer)
        if !isStarting { startSome() }
    }

    private func startSome() {
        let batch = starting.prefix(Self.batch)
        starting.removeFirst(batch.count)
        // Set before, since a transfer that cannot start lets others in.
        isStarting = true
        for transfer in batch where !transfer.isOver {
            transfer.upload?.start()
            add(transfer)
        }
        loop.execute { [self] in
            isStarting = false
            if !starting.isEmpty { startSome() }
        }
    }

    private func add(_ transfer: FetchTransfer) {
        guard !isClosed else { return transfer.fail(.closed, "the client was closed") }
        do {
            let driver =
                try self.driver
                ?? CURLMultiDriver(
                    loop: loop,
                    limits: CURLMultiDriver.Limits(
                        connections: configuration.connections,
                        connectionsPerHost: configuration.connectionsPerHost
                    )
                )
            self.driver = driver
            driver.adopt(transfer.easy)
            try driver.add(transfer)
            transfer.clock.started(.now())
            transfer.rearm()
        } catch {
            transfer.fail((error as? FetchError)?.code ?? .internalError, "the request cannot be started")
        }
    }

    /// A transfer has its connection. Within a callback of curl.
    private func connected(_ origin: String) {
        guard gate.awaitsConnection(origin) else { return }
        loop.execute { [weak self] in
            guard let self else { return }
            admit(gate.opened(origin))
        }
    }

    private func admit(_ ids: [ConnectionGate.ID]) {
        for id in ids {
            if let transfer = waiting.removeValue(forKey: id) { start(transfer) }
        }
    }

    private func ended(_ transfer: FetchTransfer) {
        if waiting.removeValue(forKey: transfer.id) != nil {
            gate.cancel(transfer.id)
        } else if underWay.removeValue(forKey: transfer.id) != nil {
            driver?.remove(transfer)
            if let head = transfer.head {
                let streams = head.version == .http2 ? configuration.streamsPerConnection : 1
                admit(gate.learned(transfer.request.url.origin, streams: streams))
            }
            admit(gate.leave(transfer.request.url.origin))
            counts.connects.add(transfer.easy.long(CURLINFO_NUM_CONNECTS))
        }
        metrics?.ended(transfer.failure)
        count()
    }

    private func count() {
        counts.inFlight.set(underWay.count)
        counts.waiting.set(waiting.count)
        counts.connections.set(gate.connections)
    }

    private func response(_ transfer: FetchTransfer, _ body: [UInt8]) -> FetchResponse {
        let head = transfer.head ?? ResponseHeadParser.Head(status: 0, version: .http1_1, fields: [:])
        return FetchResponse(
            status: head.status,
            fields: head.fields,
            body: body,
            version: head.version,
            url: transfer.request.url
        )
    }
}
