import Plugin
import Synchronization

/// A swap that is wanted, and who waits to hear of it.
final class SwapRequest: Sendable {
    /// What a swap did, as soon as the new driver serves.
    struct Done: Sendable {
        let replaced: DriverIdentity?
        let driver: DriverIdentity
        /// Calls that end in the old driver.
        let leftBehind: Int
    }

    typealias Answer = Result<Done, any Error>

    let slot: String
    let driver: String
    /// Who wants it: the configuration of this number, or nil for a command.
    let generation: Int?
    private let waiter: Mutex<CheckedContinuation<Answer, Never>?>

    init(slot: String, driver: String, generation: Int? = nil, waiter: CheckedContinuation<Answer, Never>? = nil) {
        self.slot = slot
        self.driver = driver
        self.generation = generation
        self.waiter = Mutex(waiter)
    }

    /// Who wants it, for the log.
    var origin: String { self.generation == nil ? "command" : "configuration" }

    /// Tells who waits; the first answer counts.
    func answer(_ answer: Answer) {
        let waiter = self.waiter.withLock { $0.take() }
        waiter?.resume(returning: answer)
    }
}
