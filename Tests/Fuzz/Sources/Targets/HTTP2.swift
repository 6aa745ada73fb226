import Glibc
import HTTP
import Reactor

@testable import RPC

/// A whole gRPC server's connection on its loop, fed with a preface and then frames: as they are in the input (an odd first
/// byte), or made from it by `FrameScript`. What it answers must be frames, and no handler may outlive the connection long.
func fuzzHTTP2(_ input: [UInt8]) {
    guard let first = input.first else { return }
    let rest = Array(input.dropFirst())
    var script = FrameScript(rest)
    let frames = first & 1 == 1 ? rest : script.frames()
    let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8) + [0, 0, 0, 4, 0, 0, 0, 0, 0]
    let session = Session()
    FuzzLoop.run { session.start(preface) }
    for piece in Pieces([first] + frames).cut() { FuzzLoop.run { session.feed(piece) } }
    FuzzLoop.run { session.finish() }
    var turns = 0
    while server.runningCalls > 0 {
        turns += 1
        hold(turns < 10_000, "handlers end with their connection")
        FuzzLoop.run {}
    }
    checkFrames(session.answers)
}

private let server: RPCServer = {
    guard let address = SocketAddress(parsing: "127.0.0.1:0") else { fatalError("no address") }
    var configuration = RPCServerConfiguration()
    configuration.maximumMessage = 1000
    configuration.http2.maximumHeaderList = 1000
    configuration.http2.maximumStreams = 10
    do {
        return RPCServer(
            group: FuzzLoop.group,
            address: address,
            table: try RPCServiceTable([HealthService(services: ["a"])]),
            configuration: configuration
        )
    } catch {
        fatalError("\(error)")
    }
}()

/// One connection, whose other end is read here.
// Safe: touched on the loop alone until `onLoop` has returned for the last time.
private final class Session: @unchecked Sendable {
    private var transport: ByteStream?
    private var peer: Int32 = -1
    private(set) var answers: [UInt8] = []

    func start(_ preface: [UInt8]) {
        let (transport, peer) = FuzzLoop.pair()
        self.transport = transport
        self.peer = peer
        RPCServerConnection(transport, server).start()
        feed(preface)
    }

    func feed(_ bytes: [UInt8]) {
        guard let transport, transport.isOpen else { return }
        bytes.withUnsafeBytes { transport.delegate?.received($0) }
        read()
    }

    func finish() {
        read()
        transport?.close()
        transport = nil
        close(peer)
    }

    private func read() {
        answers += FuzzLoop.read(peer)
    }
}
