import Foundation
import Synchronization

/// One thread that starts every server and never ends: the kernel kills a child when the *thread* that made it is gone, and
/// those of the pool go when they have nothing to do.
final class SpawningThread: Sendable {
    static let shared = SpawningThread()

    private let work = Mutex<[@Sendable () -> Void]>([])
    private let signal = DispatchSemaphore(value: 0)

    private init() {
        Thread.detachNewThread { [self] in
            while true {
                signal.wait()
                let next = work.withLock { $0.isEmpty ? nil : $0.removeFirst() }
                next?()
            }
        }
    }

    /// Runs `body` on that thread, and waits for it.
    func run<Value: Sendable>(_ body: @escaping @Sendable () -> Value) -> Value {
        let box = Box<Value>()
        let done = DispatchSemaphore(value: 0)
        work.withLock {
            $0.append {
                let value = body()
                box.result.withLock { $0 = value }
                done.signal()
            }
        }
        signal.signal()
        done.wait()
        guard let value = box.result.withLock({ $0 }) else { preconditionFailure("the thread has run it") }
        return value
    }

    private final class Box<Value: Sendable>: Sendable {
        let result = Mutex<Value?>(nil)
    }
}
