internal import Observe
internal import Reactor

extension RPCChannel {
    /// What it looks like now, with so many of its connections at the most. Any task; looks at each loop once.
    public func snapshot(connections limit: Int) async -> RPCChannelSnapshot {
        var loops: [RPCChannelSnapshot.Loop] = []
        var shown: [ConnectionSnapshot] = []
        var count = 0
        for shard in shards {
            let found = try? await shard.loop.run { shard.snapshot(connections: limit) }
            guard let found, let loop = found.loop else { continue }
            loops.append(loop)
            shown += found.connections
            count += found.connectionCount
        }
        shown.sort { $0.age > $1.age }
        return RPCChannelSnapshot(
            target: target,
            loops: loops,
            connectionCount: count,
            connections: Array(shown.prefix(limit)),
            calls: counts.reduce(0) { $0 + $1.calls.value },
            repeats: counts.reduce(0) { $0 + $1.transparent.value + $1.retries.value + $1.hedges.value }
        )
    }
}

extension ChannelShard {
    /// This loop's part, nil before its first call, and its oldest connections.
    fileprivate func snapshot(
        connections limit: Int
    ) -> (loop: RPCChannelSnapshot.Loop?, connections: [ConnectionSnapshot], connectionCount: Int) {
        guard hasStarted else { return (nil, [], 0) }
        let now = loop.now
        let typical = balancer.typical?.nanoseconds ?? Balancer.leastLatency
        let all = connections.map(\.snapshot).sorted { $0.age > $1.age }
        let part = RPCChannelSnapshot.Loop(
            index: loop.index,
            endpoints: balancer.endpoints.map { RPCChannelSnapshot.Endpoint($0, at: now, typical: typical) },
            waiting: waitingCalls,
            lastFailure: lastFailure
        )
        return (part, Array(all.prefix(limit)), all.count)
    }
}
