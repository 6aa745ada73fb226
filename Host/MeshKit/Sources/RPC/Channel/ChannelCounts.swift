public import Observe

/// What one loop's part of a channel has done. Written on its loop, read anywhere.
final class ChannelCounts: Sendable {
    /// Calls, each once.
    let calls = LoopCount()
    /// Calls that have not ended, those that wait for a connection included.
    let inFlight = LoopCount()
    /// Attempts beside the first, by why: the server had not seen the call; it had, or may have; the answer was late.
    let transparent = LoopCount()
    let retries = LoopCount()
    let hedges = LoopCount()
    /// Hedged calls whose answer was not the first attempt's.
    let hedgesWon = LoopCount()
    /// Attempts that there was no budget for.
    let unaffordable = LoopCount()
    /// Calls that were refused since the target had too many.
    let broken = LoopCount()
    let ejections = LoopCount()
    let ejected = LoopCount()
    let connections = LoopCount()
}

extension RPCChannel {
    /// Shows what the channel does, with its target as a label: `mesh_channel_calls_total`, `mesh_channel_calls_in_flight`,
    /// `mesh_channel_repeats_total` (`why`: transparent, retry, hedge), `mesh_channel_hedges_won_total`,
    /// `mesh_channel_repeats_refused_total`, `mesh_channel_breaker_total`, `mesh_channel_ejections_total`,
    /// `mesh_channel_ejected`, `mesh_channel_connections`. Once.
    public func show(in metrics: MetricRegistry) {
        let target = ("target", target.description)
        func show(
            _ name: String,
            _ help: String,
            isCounter: Bool = true,
            _ labels: [(String, String)] = [],
            _ count: @escaping @Sendable (ChannelCounts) -> LoopCount
        ) {
            let all = counts
            metrics.callback(name, help: help, isCounter: isCounter, labels: [target] + labels) {
                Double(all.reduce(0) { $0 + count($1).value })
            }
        }
        show("mesh_channel_calls_total", "Calls made through a channel, each once.") { $0.calls }
        show("mesh_channel_calls_in_flight", "Calls that have not ended.", isCounter: false) { $0.inFlight }
        let repeats = ("mesh_channel_repeats_total", "Attempts of calls beside the first.")
        show(repeats.0, repeats.1, [("why", "transparent")]) { $0.transparent }
        show(repeats.0, repeats.1, [("why", "retry")]) { $0.retries }
        show(repeats.0, repeats.1, [("why", "hedge")]) { $0.hedges }
        show("mesh_channel_hedges_won_total", "Calls that a later attempt answered first.") { $0.hedgesWon }
        show("mesh_channel_repeats_refused_total", "Attempts that the budget had nothing left for.") { $0.unaffordable }
        show("mesh_channel_breaker_total", "Calls refused since too many were in flight.") { $0.broken }
        show("mesh_channel_ejections_total", "How often an endpoint was ejected, by each loop.") { $0.ejections }
        show("mesh_channel_ejected", "Endpoints that are ejected, of each loop.", isCounter: false) { $0.ejected }
        show("mesh_channel_connections", "Connections that are up.", isCounter: false) { $0.connections }
    }
}
