internal import Reactor

extension RPCChannel {
    /// The connections it has now, so many of them at the most. Any task; looks at each loop once.
    public func connections(limit: Int) async -> ChannelConnections {
        var shown: [ConnectionSnapshot] = []
        var count = 0
        var failures: [String] = []
        for shard in shards {
            let found = try? await shard.loop.run {
                (shard.connections.map(\.snapshot).sorted { $0.age > $1.age }, shard.lastFailure)
            }
            guard let (all, failure) = found else { continue }
            count += all.count
            shown += all.prefix(limit)
            if let failure { failures.append(failure) }
        }
        shown.sort { $0.age > $1.age }
        return ChannelConnections(
            target: target,
            count: count,
            connections: Array(shown.prefix(limit)),
            lastFailure: failures.first
        )
    }
}
