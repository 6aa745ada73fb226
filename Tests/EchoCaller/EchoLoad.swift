import Contracts
import RPC
import Reactor
import Synchronization

/// So many calls a second, of a method that may not be repeated; for so long, or until `stop`.
final class EchoLoad: Sendable {
    private static let workers = 100

    private let client: EchoClient
    private let seconds: Int
    private let rate: Int
    private let state = Mutex<(calls: Int, failures: [String])>((0, []))
    private let isStopped = Atomic(false)

    init(_ client: EchoClient, seconds: Int, rate: Int) {
        self.client = client
        self.seconds = seconds
        self.rate = rate
    }

    /// Calls that failed.
    var failures: Int { state.withLock { $0.failures.count } }

    /// Lets the calls under way be the last. Any thread.
    func stop() { isStopped.store(true, ordering: .relaxed) }

    /// Makes the calls and gives the line that tells how it went.
    func run(on group: EventLoopGroup) async -> String {
        let begin = MonotonicTime.now()
        await withTaskGroup(of: Void.self) { tasks in
            for worker in 0..<Self.workers {
                let loop = group.loops[worker % group.loops.count]
                tasks.addTask { try? await loop.run { await self.work(worker, begin, loop) } }
            }
        }
        let spent = Double(begin.duration(to: .now()).wholeNanoseconds) / 1e9
        let (calls, failures) = state.withLock { $0 }
        let why = Set(failures).sorted().prefix(5).map { "; \($0)" }.joined()
        return "\(calls) calls, \(Int(Double(calls) / spent)) a second, \(failures.count) failed\(why)"
    }

    /// Each worker has its own moments; who is late for one makes up for it.
    private func work(_ worker: Int, _ begin: MonotonicTime, _ loop: EventLoop) async {
        let period = Duration.seconds(1) * Self.workers / rate
        let end = begin.advanced(by: .seconds(seconds))
        var due = begin.advanced(by: period * worker / Self.workers)
        while due < end, MonotonicTime.now() < end {
            try? await loop.sleep(until: due)
            guard !isStopped.load(ordering: .relaxed) else { return }
            due = due.advanced(by: period)
            var failure: String?
            do {
                _ = try await client.unary(EchoEchoRequest("a"), .root(timeout: .seconds(10)))
            } catch {
                failure = "\(error)"
            }
            state.withLock { state in
                state.calls += 1
                if let failure { state.failures.append(failure) }
            }
        }
    }
}
