import Dispatch
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
    onLoop { session.start(preface) }
    for piece in Pieces([first] + frames).cut() { onLoop { session.feed(piece) } }
    onLoop { session.finish() }
    var turns = 0
    while server.runningCalls > 0 {
        turns += 1
        hold(turns < 10_000, "handlers end with their connection")
        onLoop {}
    }
    checkAnswers(session.answers)
}

/// Frames with lengths that are allowed, on streams that a client may have opened.
private func checkAnswers(_ answers: [UInt8]) {
    var rest = answers[...]
    var ended: Set<UInt32> = []
    while rest.count >= 9 {
        let head = Array(rest.prefix(9))
        let length = Int(head[0]) << 16 | Int(head[1]) << 8 | Int(head[2])
        let stream = UInt32(head[5]) << 24 | UInt32(head[6]) << 16 | UInt32(head[7]) << 8 | UInt32(head[8])
        hold(length <= 16_384, "a frame is not longer than agreed")
        hold(head[3] <= 9, "a frame has a type")
        hold(stream == 0 || stream & 1 == 1, "a stream is one of the client's")
        if head[3] <= 1 {
            hold(stream > 0, "content and fields have a stream")
            hold(!ended.contains(stream), "nothing comes behind the end of a stream")
            if head[4] & 1 == 1 { ended.insert(stream) }
        }
        rest = rest.dropFirst(9 + length)
    }
}

private let group: EventLoopGroup = {
    do { return try EventLoopGroup(count: 1, blockingThreads: 1) } catch { fatalError("\(error)") }
}()

private let server: RPCServer = {
    guard let address = SocketAddress(parsing: "127.0.0.1:0") else { fatalError("no address") }
    var configuration = RPCServerConfiguration()
    configuration.maximumMessage = 1000
    configuration.http2.maximumHeaderList = 1000
    configuration.http2.maximumStreams = 10
    do {
        return RPCServer(
            group: group,
            address: address,
            table: try RPCServiceTable([HealthService(services: ["a"])]),
            configuration: configuration
        )
    } catch {
        fatalError("\(error)")
    }
}()

private func onLoop(_ work: @escaping @Sendable () -> Void) {
    let done = DispatchSemaphore(value: 0)
    group.loops[0].execute {
        work()
        done.signal()
    }
    done.wait()
}

/// One connection, whose other end is read here.
// Safe: touched on the loop alone until `onLoop` has returned for the last time.
private final class Session: @unchecked Sendable {
    private var transport: ByteStream?
    private var peer: Int32 = -1
    private(set) var answers: [UInt8] = []

    func start(_ preface: [UInt8]) {
        var ends: [Int32] = [0, 0]
        let type = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue)
        guard socketpair(AF_UNIX, type, 0, &ends) == 0 else { fatalError("socketpair: \(errno)") }
        peer = ends[1]
        let transport = ByteStream(descriptor: ends[0], loop: group.loops[0], remote: nil)
        self.transport = transport
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
        var space = [UInt8](repeating: 0, count: 1 << 16)
        while case let count = recv(peer, &space, space.count, 0), count > 0 { answers += space[..<count] }
    }
}
