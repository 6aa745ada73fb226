internal import HTTP
internal import Observe
internal import Reactor
internal import TLS

/// One connection of an RPC server: turns its streams into calls. Loop only.
// Safe: touched on its connection's loop alone.
final class RPCServerConnection: HTTP2ConnectionDelegate, @unchecked Sendable {
    /// The server's, of which no connection has a copy.
    var configuration: RPCServerConfiguration { server.configuration }
    private let table: RPCServiceTable
    private let connection: HTTP2Connection
    private let server: RPCServer
    /// Who is at the other end, by its certificate; asked for when streams come, which is after the handshake.
    private(set) lazy var caller = layer?.peer.map { Caller(certificate: $0) }
    /// What it may call; nil for everything.
    private(set) lazy var decisions = configuration.policy.map { CallerDecisions($0, caller, table) }
    private var layer: TLSLayer? { connection.transport.layer as? TLSLayer }
    private(set) var tally = CallTally()
    private var room: MessageRoom
    /// Calls that may not receive more, by their streams.
    private var heldBack: [Int32: RPCServerCall] = [:]

    init(_ transport: ByteStream, _ server: RPCServer) {
        self.server = server
        table = server.table
        room = MessageRoom(limit: server.configuration.heldMessages)
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

    /// Certificates have changed: the peer makes a new connection, and what goes on here has until one of the
    /// certificates ends.
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

    func handlerStarted(_ stream: HTTP2Stream) {
        stream.handlerBegan()
        server.handlerStarted()
    }

    /// Also from elsewhere than the loop.
    func handlerEnded(_ call: RPCServerCall) {
        if connection.loop.isCurrent {
            call.handlerIsOver()
        } else {
            connection.loop.execute { call.handlerIsOver() }
        }
        server.handlerEnded()
    }

    /// A call holds so many bytes of messages more or less: of ones that are not complete, and of whole ones.
    func holds(partial: Int, whole: Int) {
        room.changed(partial: partial, whole: whole)
        goOn()
    }

    /// A call has a message in part: its peer sends more, or waits until there is room.
    func grows(_ call: RPCServerCall, _ stream: HTTP2Stream) {
        guard !stream.isHeldBack, !room.mayGrow(stream.id) else { return }
        stream.isHeldBack = true
        heldBack[stream.id] = call
    }

    /// The message is complete, or will never be.
    func stopsGrowing(_ stream: HTTP2Stream) {
        stream.isHeldBack = false
        room.stopped(stream.id)
        if !heldBack.isEmpty { heldBack[stream.id] = nil }
        goOn()
    }

    private func goOn() {
        while let id = room.next() { heldBack.removeValue(forKey: id)?.goesOn() }
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
