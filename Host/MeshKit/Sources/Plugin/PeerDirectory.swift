public import RPC
import Synchronization

/// The services that plugins of this process want to call. The host binds each before anything runs.
public final class PeerDirectory: Sendable {
    private struct Key: Hashable {
        let plugin: String
        let caller: String
    }

    private let peers = Mutex<[Key: RPCPeer]>([:])

    /// An empty directory.
    public init() {}

    /// The plugin `plugin` as the plugin `caller` calls it; the same object each time, not yet bound when first asked for.
    public func peer(_ plugin: String, for caller: String) -> RPCPeer {
        let key = Key(plugin: plugin, caller: caller)
        return peers.withLock { peers in
            if let known = peers[key] { return known }
            let new = RPCPeer(name: plugin, caller: Caller(plugin: caller))
            peers[key] = new
            return new
        }
    }

    /// Everything anybody asked for, sorted by name: what the host must bind.
    public var all: [(plugin: String, peer: RPCPeer)] {
        peers.withLock { Array($0) }
            .sorted { ($0.key.plugin, $0.key.caller) < ($1.key.plugin, $1.key.caller) }
            .map { ($0.key.plugin, $0.value) }
    }
}
