internal import Reactor
internal import Synchronization

/// Looks a channel's name up for all of its loops: one look-up at a time, whose answer every loop hears. Any thread.
final class NameLookup: Sendable {
    /// Two look-ups have so much time between them: of many connections that go away the first one brings the news.
    private static let shortestGap = Duration.milliseconds(500)

    private struct Listener {
        weak var shard: ChannelShard?
    }

    private struct State {
        var isUnderWay = false
        var last = MonotonicTime(nanoseconds: 0)
        var known: [SocketAddress]?
        var listeners: [Listener] = []
    }

    private let host: String
    private let port: UInt16
    private let group: EventLoopGroup
    private let resolve: @Sendable (String, UInt16) throws -> [SocketAddress]
    private let state = Mutex(State())

    init(
        _ host: String,
        _ port: UInt16,
        _ group: EventLoopGroup,
        _ resolve: @escaping @Sendable (String, UInt16) throws -> [SocketAddress]
    ) {
        self.host = host
        self.port = port
        self.group = group
        self.resolve = resolve
    }

    /// The shard hears of every look-up from now on.
    /// - Returns: what the name stood for the last time, if anybody knows.
    func join(_ shard: ChannelShard) -> [SocketAddress]? {
        state.withLock { state in
            state.listeners.append(Listener(shard: shard))
            return state.known
        }
    }

    /// Whether the last look-up is so long ago.
    func isOlder(than age: Duration) -> Bool {
        state.withLock { $0.last.duration(to: .now()) >= age }
    }

    /// Has the name looked up, by this loop if nobody does it already. On the loop.
    func ask(_ loop: EventLoop) {
        let earliest = state.withLock { state -> MonotonicTime? in
            guard !state.isUnderWay else { return nil }
            state.isUnderWay = true
            return state.last.advanced(by: Self.shortestGap)
        }
        guard let earliest else { return }
        loop.schedule(at: earliest) { [unowned loop] in LoopWorkers.of(loop).run(Run(self)) }
    }

    private func run() async {
        let (host, port, resolve) = (host, port, resolve)
        let result: Result<[SocketAddress], any Error>
        do {
            result = .success(try await group.blocking.run { try resolve(host, port) })
        } catch {
            result = .failure(error)
        }
        let listeners = state.withLock { state in
            state.isUnderWay = false
            state.last = .now()
            if case .success(let addresses) = result { state.known = addresses }
            state.listeners.removeAll { $0.shard == nil }
            return state.listeners
        }
        for case let shard? in listeners.map(\.shard) { shard.loop.execute { shard.resolved(result) } }
    }

    private final class Run: LoopJob {
        private let lookup: NameLookup

        init(_ lookup: NameLookup) {
            self.lookup = lookup
        }

        func run() async { await lookup.run() }
    }
}
