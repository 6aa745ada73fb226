import Reactor
import TLS

/// A server's connections on one loop.
// Safe: the dictionary and the flag are touched on `loop` alone; `drain` and `close` hop there.
final class HTTPServerLoop: @unchecked Sendable {
    private let loop: EventLoop
    private let configuration: HTTPServerConfiguration
    private let count: HTTPConnectionCount
    private let immediate: HTTPImmediate?
    private let seating: HTTPSeating?
    private let handler: HTTPHandler
    private var connections: [ObjectIdentifier: any HTTPServerConnection] = [:]
    private var isDraining = false

    init(
        loop: EventLoop,
        configuration: HTTPServerConfiguration,
        count: HTTPConnectionCount,
        immediate: HTTPImmediate?,
        seating: HTTPSeating?,
        handler: @escaping HTTPHandler
    ) {
        self.loop = loop
        self.configuration = configuration
        self.count = count
        self.immediate = immediate
        self.seating = seating
        self.handler = handler
    }

    /// Takes an accepted socket over. Loop only.
    func accept(_ descriptor: Int32, _ remote: SocketAddress?) {
        if configuration.penalties?.refuses(remote) == true {
            return ByteStream(descriptor: descriptor, loop: loop, remote: remote).close()
        }
        let layer: TLSLayer?
        do throws(TLSError) {
            layer = try configuration.tls?.accept()
        } catch {
            // Without a session there is nothing that could be said to the peer.
            return ByteStream(descriptor: descriptor, loop: loop, remote: remote).close()
        }
        let stream = ByteStream(descriptor: descriptor, loop: loop, remote: remote, layer: layer)
        let address = remote?.hostBytes ?? []
        guard count.admit(remote, configuration.abuse) else { return stream.close() }
        let sniffer = HTTPVersionSniffer(
            stream: stream,
            timeout: configuration.headerTimeout,
            drainGrace: configuration.drainGrace
        )
        let id = ObjectIdentifier(sniffer)
        connections[id] = sniffer
        sniffer.begin(
            { [self, unowned sniffer] isHTTP2, bytes in
                connections[id] = nil
                let connection = make(isHTTP2, sniffer.stream)
                let next = ObjectIdentifier(connection)
                connections[next] = connection
                connection.start(initialBytes: bytes) { [self] in
                    connections[next] = nil
                    count.leave(address)
                }
                if isDraining { connection.drain() }
            },
            ended: { [self] in
                connections[id] = nil
                count.leave(address)
            }
        )
        // It was accepted before the listener closed.
        if isDraining { connections[id]?.drain() }
    }

    private func make(_ isHTTP2: Bool, _ stream: ByteStream) -> any HTTPVersionConnection {
        if isHTTP2 {
            HTTP2RequestConnection(
                stream: stream,
                configuration: configuration,
                immediate: immediate,
                seating: seating,
                handler: handler
            )
        } else {
            HTTP1Connection(
                stream: stream,
                configuration: configuration,
                immediate: immediate,
                seating: seating,
                handler: handler
            )
        }
    }

    /// Lets every connection finish what it is doing. Any thread.
    func drain() {
        loop.execute { [self] in
            isDraining = true
            for connection in Array(connections.values) { connection.drain() }
        }
    }

    /// Closes every connection. Any thread.
    func close() {
        loop.execute { [self] in
            for connection in Array(connections.values) { connection.close() }
        }
    }
}
