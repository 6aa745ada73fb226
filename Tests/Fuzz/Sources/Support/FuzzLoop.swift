import Dispatch
import Glibc
import Reactor

/// The loop that whole connections are fed on, one step at a time.
enum FuzzLoop {
    static let group: EventLoopGroup = {
        do { return try EventLoopGroup(count: 1, blockingThreads: 1) } catch { fatalError("\(error)") }
    }()

    static var loop: EventLoop { group.loops[0] }

    /// Does something there, and waits until it is done.
    static func run(_ work: @escaping @Sendable () -> Void) {
        let done = DispatchSemaphore(value: 0)
        loop.execute {
            work()
            done.signal()
        }
        done.wait()
    }

    /// A stream of the loop, which is not started, and the descriptor of its other end.
    static func pair() -> (transport: ByteStream, peer: Int32) {
        var ends: [Int32] = [0, 0]
        let type = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue)
        guard socketpair(AF_UNIX, type, 0, &ends) == 0 else { fatalError("socketpair: \(errno)") }
        return (ByteStream(descriptor: ends[0], loop: loop, remote: nil), ends[1])
    }

    /// What has come at the other end.
    static func read(_ peer: Int32) -> [UInt8] {
        var space = [UInt8](repeating: 0, count: 1 << 16)
        var all: [UInt8] = []
        while case let count = recv(peer, &space, space.count, 0), count > 0 { all += space[..<count] }
        return all
    }
}
