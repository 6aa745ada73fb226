public import RPC
import Synchronization

/// The services that plugins of this process want to call. The host binds each before anything runs.
public final class PeerDirectory: Sendable {
    private let peers = Mutex<[String: RPCPeer]>([:])

    /// An empty directory.
    public init() {}

    /// The peer called `plugin`; the same object for everybody who asks, not yet bound when first asked for.
    public func peer(_ plugin: String) -> RPCPeer {
        peers.withLock { peers in
            if let known = peers[plugin] { return known }
            let new = RPCPeer(name: plugin)
            peers[plugin] = new
            return new
        }
    }

    /// Everything anybody asked for, sorted by name: what the host must bind.
    public var all: [(plugin: String, peer: RPCPeer)] {
        peers.withLock { Array($0) }.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }
}
