import Synchronization

/// Where the process is in its life, for `/livez` and `/readyz`.
final class HostPhase: Sendable {
    /// Legal order: starting → ready → draining; starting → draining.
    enum Value: Sendable, Equatable {
        /// Not ready; the text says what is waited for.
        case starting(String)
        case ready
        case draining
    }

    private let state = Mutex(Value.starting("start"))

    var value: Value { self.state.withLock { $0 } }

    func set(_ value: Value) { self.state.withLock { $0 = value } }
}
