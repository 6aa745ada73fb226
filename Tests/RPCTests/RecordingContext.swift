import RPC
import Synchronization

/// Keeps the context a handler saw.
final class RecordingContext: Sendable {
    private let state = Mutex<CallContext?>(nil)
    var value: CallContext? { state.withLock { $0 } }

    func set(_ context: CallContext) {
        state.withLock { $0 = context }
    }
}
