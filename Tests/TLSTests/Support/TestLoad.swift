import RPC
import Reactor
import SwiftProtobuf
import Synchronization

/// Callers that call as fast as they can until they are told to stop.
final class TestLoad: Sendable {
    private let isOver = Atomic<Bool>(false)
    private let calls = Atomic<Int>(0)
    private let errors = Mutex<[String]>([])

    /// Calls that went well.
    var done: Int { calls.load(ordering: .relaxed) }
    /// What the others ended with.
    var failures: [String] { errors.withLock { $0 } }

    func stop() { isOver.store(true, ordering: .relaxed) }

    /// One caller, on its loop.
    func call(_ peer: RPCPeer, on loop: EventLoop) async throws {
        try await loop.run { [self] in
            while !isOver.load(ordering: .relaxed) {
                do {
                    _ = try await peer.unary(TestEcho.echo, Text("x"), CallContext.root(timeout: .seconds(30)))
                    calls.wrappingAdd(1, ordering: .relaxed)
                } catch {
                    errors.withLock { $0.append("\(error)") }
                }
            }
        }
    }
}
