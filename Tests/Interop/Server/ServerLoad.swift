import InteropMessages
import Synchronization

/// What the server says of its load: what a case has asked it to say, for as long as the case's stream lasts. Any thread.
final class ServerLoad: Sendable {
    private let state = Mutex(InteropOrcaLoadReport())

    var report: InteropOrcaLoadReport { state.withLock { $0 } }

    func become(_ report: InteropOrcaLoadReport) { state.withLock { $0 = report } }
    func forget() { become(InteropOrcaLoadReport()) }
}
