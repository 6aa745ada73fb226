import Logging
import Postgres
import Reactor
import Synchronization

/// Writes marks to the outbox. Those that come while others are being written go together in the next statement: alone
/// when there is little to do, many at once when there is much.
final class MarkWriter: Sendable {
    private struct State {
        var queue: [DeliveryMark] = []
        var isEnding = false
    }

    /// The most in one statement.
    static let most = 500
    /// How long a database that is away is waited for at the end.
    static let patience = Duration.seconds(5)

    private let outbox: Outbox
    private let owner: PostgresUUID
    private let leases: LeaseTable
    private let logger: Logger
    private let state = Mutex(State())
    private let wake = WakeSignal()

    init(outbox: Outbox, owner: PostgresUUID, leases: LeaseTable, logger: Logger) {
        self.outbox = outbox
        self.owner = owner
        self.leases = leases
        self.logger = logger
    }

    /// Adds a mark. Any thread.
    func add(_ mark: DeliveryMark) {
        state.withLock { $0.queue.append(mark) }
        wake.signal()
    }

    /// No more come: `run` returns when all are written.
    func end() {
        state.withLock { $0.isEnding = true }
        wake.signal()
    }

    /// Writes until the end, or until its task is cancelled. On a loop.
    func run(on loop: EventLoop, written: () -> Void) async {
        while !Task.isCancelled {
            let (marks, isEnding) = state.withLock { state in
                let marks = Array(state.queue.prefix(Self.most))
                state.queue.removeFirst(marks.count)
                return (marks, state.isEnding)
            }
            if marks.isEmpty {
                if isEnding { return }
                await wake.wait(.seconds(60), on: loop)
                continue
            }
            guard await write(marks, on: loop) else { return }
            leases.remove(marks.map(\.id))
            written()
        }
    }

    /// Tries until it is done. A mark that comes too late, because another worker has the mail by then, has no effect.
    private func write(_ marks: [DeliveryMark], on loop: EventLoop) async -> Bool {
        var failures = 0
        var deadline: MonotonicTime?
        while true {
            do {
                try await outbox.write(marks, owner)
                return true
            } catch {
                if failures == 0 {
                    logger.warning("outcomes cannot be written yet", metadata: ["reason": "\(error)"])
                }
                failures += 1
                if deadline == nil, state.withLock({ $0.isEnding }) {
                    deadline = MonotonicTime.now().advanced(by: Self.patience)
                }
                if let deadline, deadline <= MonotonicTime.now() { return false }
                guard (try? await loop.sleep(for: .milliseconds(min(2000, 100 << min(failures, 5))))) != nil else {
                    return false
                }
            }
        }
    }
}
