internal import Observe
internal import Reactor

/// The part of a client that lives on one loop: its connections, the calls that wait for one, and their deadlines.
/// Loop only.
// Safe: touched on `loop` alone.
final class ValkeyShard: @unchecked Sendable {
    /// One of the connections, or the search for it.
    private final class Slot {
        var state = ReconnectState()
        var connection: ValkeyConnection?
        var worker: LoopWorker?
        var timer: LoopTimer?
        var attempt = 0
    }

    let loop: EventLoop
    let counts = ValkeyCounts()
    private let configuration: ValkeyConfiguration
    private let search: ServerSearch
    private let slots: [Slot]
    private let changes: ConnectionChanges
    /// Those that only wait for their last answers.
    private var retiring: [ValkeyConnection] = []
    private var line: WaitingLine<ValkeyCall>
    private var overWaiting = 0
    private var deadlineTimer: (time: MonotonicTime, timer: LoopTimer)?
    private var lastFailure: ValkeyError?
    private var turn = 0
    private var isClosed = false
    private var hasStarted = false

    init(_ loop: EventLoop, _ group: EventLoopGroup, _ configuration: ValkeyConfiguration, _ changes: ConnectionChanges)
    {
        self.changes = changes
        self.loop = loop
        self.configuration = configuration
        search = ServerSearch(loop: loop, configuration: configuration, pool: group.blocking)
        slots = (0..<configuration.connectionsPerLoop).map { _ in Slot() }
        line = WaitingLine(maximum: configuration.maximumWaiting, maximumBytes: configuration.maximumWaitingBytes)
    }

    // MARK: For calls

    /// Sends a call or lets it wait.
    func submit(_ call: ValkeyCall) {
        counts.commands.add()
        if line.isEmpty, let connection = pick() {
            connection.submit(call)
        } else {
            wait(call)
        }
        if !call.isOver { watchDeadline(call.deadline) }
    }

    /// Ends a call whose task was cancelled.
    func cancel(_ call: ValkeyCall) {
        guard !call.isOver else { return }
        call.fail(.cancelled, "the task was cancelled")
        if !call.isUnderWay { removeOver() }
    }

    /// Closes the connections and ends all calls.
    func close() {
        guard !isClosed else { return }
        isClosed = true
        for slot in slots {
            slot.state.close()
            slot.worker?.cancel()
            slot.timer?.cancel()
            slot.connection?.fail(Self.closedError)
        }
        for connection in retiring { connection.fail(Self.closedError) }
        failWaiting(Self.closedError)
        deadlineTimer?.timer.cancel()
        deadlineTimer = nil
    }

    private static let closedError = ValkeyError(.closed, "the client has been closed")

    private func pick() -> ValkeyConnection? {
        if slots.count == 1 {
            guard let connection = slots[0].connection, connection.canTake else { return nil }
            return connection
        }
        // The better of two neighbours in turn is about as good as the best of all, however many there are.
        turn = turn + 2 < slots.count ? turn + 2 : 0
        return best(of: turn..<min(turn + 2, slots.count)) ?? best(of: slots.indices)
    }

    /// The one with the fewest calls under way, of those that take another.
    private func best(of range: Range<Int>) -> ValkeyConnection? {
        var chosen: ValkeyConnection?
        for slot in slots[range] {
            guard let connection = slot.connection, connection.canTake else { continue }
            if let best = chosen, best.inFlight <= connection.inFlight { continue }
            chosen = connection
        }
        return chosen
    }

    private func wait(_ call: ValkeyCall) {
        if isClosed { return call.finish(.failure(Self.closedError)) }
        if !hasStarted {
            hasStarted = true
            for slot in slots { execute(slot.state.wanted(), slot) }
        }
        // Waiting does not mend a wrong password.
        if let lastFailure, lastFailure.isRefusal { return call.finish(.failure(lastFailure)) }
        guard line.append(call, bytes: call.wireBytes) else {
            return call.fail(.overloaded, "too many commands wait\(reason)")
        }
        counts.waiting.set(line.count)
    }

    private func pump() {
        while !line.isEmpty, let connection = pick() {
            while connection.canTake, let call = line.popFirst() {
                if call.isOver {
                    overWaiting -= 1
                } else {
                    connection.submit(call)
                }
            }
        }
        counts.waiting.set(line.count)
    }

    private func failWaiting(_ error: ValkeyError) {
        // Even an empty line is large to free when it once was long.
        guard !line.isEmpty else { return }
        CallEnding.start(line.takeAll(), on: loop) { $0.finish(.failure(error)) }
        overWaiting = 0
        counts.waiting.set(0)
    }

    /// Frees what cancelled calls hold, when it is worth a pass.
    private func removeOver() {
        overWaiting += 1
        guard overWaiting > 64, overWaiting * 2 > line.count else { return }
        overWaiting = 0
        // They are over; what is left to do is to free them.
        CallEnding.start(line.removeAll(where: \.isOver), on: loop) { _ in }
    }

    /// So many calls are ended in one step when their deadlines have passed.
    private static let expiredPerStep = 100

    private var reason: String {
        lastFailure.map { "; no connection: \($0.message)" } ?? ""
    }

    // MARK: Deadlines

    /// One timer for all calls, at the earliest deadline known: a timer for each would cost more than the call.
    private func watchDeadline(_ deadline: MonotonicTime) {
        if let deadlineTimer {
            guard deadline < deadlineTimer.time else { return }
            deadlineTimer.timer.cancel()
        }
        deadlineTimer = (deadline, loop.schedule(at: deadline) { [weak self] in self?.expire() })
    }

    private func expire() {
        deadlineTimer = nil
        let now = MonotonicTime.now()
        var next = MonotonicTime(nanoseconds: .max)
        var left = Self.expiredPerStep
        for connection in slots.compactMap(\.connection) + retiring {
            next = min(next, connection.expire(now, limit: &left))
        }
        let reason = reason
        var expired = 0
        line.forEach { call in
            guard left > 0 else { return false }
            guard !call.isOver else { return true }
            if call.deadline <= now {
                left -= 1
                expired += 1
                counts.timeouts.add()
                call.fail(.timeout, "the command could not be sent before the deadline\(reason)")
            } else {
                next = min(next, call.deadline)
            }
            return true
        }
        // Deadlines mostly pass in the order of the calls.
        overWaiting = max(0, overWaiting + expired - line.dropFirst(while: \.isOver))
        if expired > 0, overWaiting > 0 {
            overWaiting -= 1
            removeOver()
        }
        counts.waiting.set(line.count)
        guard left > 0 else {
            // There may be more: in the next turn.
            deadlineTimer = (now, loop.schedule(after: .zero) { [weak self] in self?.expire() })
            return
        }
        // Not before a millisecond has passed, so that many close deadlines share a pass.
        if next.nanoseconds != .max { watchDeadline(max(next, now.advanced(by: .milliseconds(1)))) }
    }

    // MARK: Searching

    private func execute(_ action: ReconnectState.Action, _ slot: Slot) {
        switch action {
        case .nothing: break
        case .search:
            slot.worker = LoopWorkers.of(loop).run(
                SearchJob { [self] in
                    do throws(ValkeyError) {
                        found(try await search.open(attempt: slot.attempt), slot)
                    } catch {
                        notFound(error, slot)
                    }
                }
            )
        case .retry(let time):
            slot.timer = loop.schedule(at: time) { [weak self] in
                guard let self else { return }
                execute(slot.state.retryDue(), slot)
            }
        }
    }

    private func found(_ connection: ValkeyConnection, _ slot: Slot) {
        slot.worker = nil
        guard !isClosed else { return connection.fail(Self.closedError) }
        lastFailure = nil
        changes.happened()
        slot.state.found(.now())
        slot.connection = connection
        connection.owner = self
        counts.connects.add()
        if !connection.isLost {
            connection.counts = counts
            counts.connections.add()
        }
        // It may have been lost between its last answer and now.
        guard connection.isLost else { return pump() }
        connectionLost(connection, connection.reason, unsent: [])
    }

    private func notFound(_ error: ValkeyError, _ slot: Slot) {
        slot.worker = nil
        guard !isClosed else { return }
        lastFailure = error
        slot.attempt += 1
        if error.isRefusal { failWaiting(error) }
        execute(slot.state.notFound(.now(), dice: Double.random(in: 0...1)), slot)
    }
}

extension ValkeyShard: ValkeyConnectionOwner {
    func connectionHasRoom(_ connection: ValkeyConnection) {
        pump()
    }

    func connectionRetires(_ connection: ValkeyConnection) {
        guard let slot = slots.first(where: { $0.connection === connection }) else { return }
        lastFailure = ValkeyError(.readOnly, "\(connection.address): the server is not the one to ask")
        changes.happened()
        slot.connection = nil
        retiring.append(connection)
        slot.attempt += 1
        execute(slot.state.lost(.now(), dice: Double.random(in: 0...1)), slot)
    }

    func connectionLost(_ connection: ValkeyConnection, _ error: ValkeyError, unsent: [ValkeyCall]) {
        if isClosed {
            return CallEnding.start(unsent, on: loop) { $0.finish(.failure(Self.closedError)) }
        }
        retiring.removeAll { $0 === connection }
        line.putBack(unsent.filter { !$0.isOver }.map { ($0, bytes: $0.wireBytes) })
        guard let slot = slots.first(where: { $0.connection === connection }) else { return pump() }
        changes.happened()
        slot.connection = nil
        lastFailure = error
        execute(slot.state.lost(.now(), dice: Double.random(in: 0...1)), slot)
        pump()
    }
}

/// One search, as a job of the loop.
private final class SearchJob: LoopJob {
    private let body: () async -> Void

    init(_ body: @escaping () async -> Void) {
        self.body = body
    }

    func run() async { await body() }
}
