internal import HTTP
internal import Observe
internal import Reactor
internal import TLS

/// One connection of an RPC server: turns its streams into calls. Loop only.
// Safe: touched on its connection's loop alone.
final class RPCServerConnection: HTTP2ConnectionDelegate, @unchecked Sendable {
    let configuration: RPCServerConfiguration
    private let table: RPCServiceTable
    private let connection: HTTP2Connection
    private let server: RPCServer
    /// Who is at the other end, by its certificate; asked for when streams come, which is after the handshake.
    private(set) lazy var caller = layer?.peer.map { Caller(certificate: $0) }
    /// What it may call; nil for everything.
    private(set) lazy var decisions = configuration.policy.map { CallerDecisions($0, caller, table) }
    private var layer: TLSLayer? { connection.transport.layer as? TLSLayer }
    private(set) var tally = CallTally()

    init(_ transport: ByteStream, _ server: RPCServer) {
        self.server = server
        configuration = server.configuration
        table = server.table
        connection = HTTP2Connection(.server, transport: transport, settings: server.configuration.http2)
        connection.delegate = self
    }

    func start() {
        connection.start()
        connection.transport.start()
    }

    func drain() {
        connection.drain()
    }

    /// Ends every call with UNAVAILABLE, and then the connection.
    func end() {
        let reason = RPCError(.unavailable, "the server has ended")
        connection.forEachHandler { ($0 as? RPCServerCall)?.end(reason) }
        connection.closeAfterOutput()
    }

    func close() {
        connection.close()
    }

    /// Certificates have changed: the peer makes a new connection, and what goes on here has until one of the certificates
    /// ends.
    func renew() {
        connection.drain()
        guard let layer else { return }
        connection.loop.schedule(after: layer.timeLeft) { [weak self] in self?.close() }
    }

    /// What it is doing now.
    var snapshot: ConnectionSnapshot { ConnectionSnapshot(connection, tally) }

    // MARK: HTTP2ConnectionDelegate

    func accept(
        _ stream: HTTP2Stream,
        _ block: borrowing HTTP2HeaderBlock,
        isEnd: Bool
    ) -> (any HTTP2StreamHandler)? {
        let head = RPCRequestHead(block, table)
        if let fault = head.fault {
            if let error = fault.error {
                var fields = GRPCFields.trailers(error, Metadata(), head: true)
                if case .encoding = fault { fields.append("grpc-accept-encoding", GRPCFields.acceptedEncodings) }
                stream.respond(fields, end: true)
            } else {
                refuse(stream, fault)
            }
            if !isEnd { stream.resetAfterOutput(.noError) }
            return nil
        }
        guard let handler = head.handler else {
            let error = RPCError(.unimplemented, "unknown method \(head.path.prefix(200))")
            stream.respond(GRPCFields.trailers(error, Metadata(), head: true), end: true)
            if !isEnd { stream.resetAfterOutput(.noError) }
            tally.began(at: connection.loop.now)
            tally.ended(isGood: false)
            server.unknownMethod()
            return nil
        }
        return RPCServerCall(handler, head, stream, self)
    }

    func ready() {}
    func goingAway() {}

    func closed(_ error: SystemError?) {
        server.closed(self, connection.transport.remote, tally, error)
    }

    // MARK: Of its calls

    func handlerStarted() {
        connection.handlerCount += 1
        server.handlerStarted()
    }

    func handlerEnded() {
        if connection.loop.isCurrent {
            connection.handlerCount -= 1
        } else {
            connection.loop.execute { self.connection.handlerCount -= 1 }
        }
        server.handlerEnded()
    }

    func callBegan() {
        tally.began(at: connection.loop.now)
    }

    func callEnded(isGood: Bool) {
        tally.ended(isGood: isGood)
    }

    /// Something that is HTTP/2 but not gRPC.
    private func refuse(_ stream: HTTP2Stream, _ fault: RPCRequestHead.Fault) {
        var fields = HTTP2Fields()
        if case .method = fault {
            fields.append(":status", "405")
            fields.append("allow", "POST")
        } else {
            fields.append(":status", "415")
        }
        stream.respond(fields, end: true)
    }
}
