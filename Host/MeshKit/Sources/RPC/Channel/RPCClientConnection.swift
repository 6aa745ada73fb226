internal import HTTP
internal import Reactor
internal import TLS

/// One connection of a channel to one endpoint, on one loop. Loop only.
// Safe: touched on its loop alone.
final class RPCClientConnection: HTTP2ConnectionDelegate, @unchecked Sendable {
    let endpoint: Balancer.ID
    let http: HTTP2Connection
    /// Whether what it was begun with has changed since.
    var isOutdated = false
    /// Since when it has been seen without a call.
    var idleSince: MonotonicTime?
    // The shard lets go of its connections when they are lost, which ends the cycle.
    private let shard: ChannelShard
    private var isReady = false
    private(set) var tally = CallTally()

    /// Begins to connect.
    convenience init(
        _ endpoint: Balancer.ID,
        _ address: SocketAddress,
        _ shard: ChannelShard,
        _ settings: HTTP2Settings,
        tls: RPCChannelTLS? = nil
    ) throws {
        let layer = try tls.map { try $0.slot.connect(to: $0.name) }
        self.init(endpoint, try ByteStream(connecting: address, loop: shard.loop, layer: layer), shard, settings)
    }

    /// One on a transport that there is.
    init(_ endpoint: Balancer.ID, _ transport: ByteStream, _ shard: ChannelShard, _ settings: HTTP2Settings) {
        self.endpoint = endpoint
        self.shard = shard
        http = HTTP2Connection(.client, transport: transport, settings: settings)
        http.delegate = self
    }

    /// Whether a call can begin here at once.
    var hasRoom: Bool { !http.isGoingAway && http.streamCount < http.peerStreamLimit }

    func start() {
        http.start()
        http.transport.start()
    }

    func accept(
        _ stream: HTTP2Stream,
        _ block: borrowing HTTP2HeaderBlock,
        isEnd: Bool
    ) -> (any HTTP2StreamHandler)? {
        nil
    }

    func callBegan() { tally.began(at: http.loop.now) }
    func callEnded(_ result: Result<Void, RPCError>) { tally.ended(isGood: (try? result.get()) != nil) }

    /// What it is doing now.
    var snapshot: ConnectionSnapshot { ConnectionSnapshot(http, tally) }

    func ready() {
        isReady = true
        shard.connected(self)
    }

    func goingAway() {
        shard.goingAway(self)
    }

    func closed(_ error: SystemError?) {
        let orderly = isReady ? "the connection was closed" : "the peer closed before HTTP/2 began"
        shard.lost(self, error.map { "\($0)" } ?? orderly)
    }
}
