internal import Reactor

extension RPCServer {
    /// What it is doing now, with so many of its connections at the most. Any task; looks at each loop once.
    public func snapshot(connections limit: Int) async -> ServerSnapshot {
        let open = openConnections
        var calls = open.finished
        var shown: [ConnectionSnapshot] = []
        for (index, connections) in open.byLoop.sorted(by: { $0.key < $1.key }) {
            guard let loop = group.loops.first(where: { $0.index == index }) else { continue }
            let (some, sum) = await loop.snapshot(of: connections, limit)
            shown += some
            calls = calls + sum
        }
        shown.sort { $0.age > $1.age }
        return ServerSnapshot(
            address: open.address,
            calls: calls,
            runningCalls: runningCalls,
            connectionCount: open.byLoop.reduce(0) { $0 + $1.value.count },
            connections: Array(shown.prefix(limit)),
            lastError: open.lastError
        )
    }
}

extension EventLoop {
    /// The oldest of some connections of this loop, and the calls of all of them.
    fileprivate func snapshot(
        of connections: [RPCServerConnection],
        _ limit: Int
    ) async -> ([ConnectionSnapshot], CallTally) {
        let both = try? await run {
            let all = connections.map(\.snapshot).sorted { $0.age > $1.age }
            return (Array(all.prefix(limit)), all.reduce(CallTally()) { $0 + $1.calls })
        }
        return both ?? ([], CallTally())
    }
}
