import Glibc
import Observe
import Reactor

@testable import HTTP
@testable import RPC

/// A gRPC client's connection with up to four calls, fed with what a server sends: as it is in the input (an odd first byte),
/// or made from it by `AnswerScript`. Every call ends once, with its connection at the latest, nothing is held or counted
/// after that, and what the client sends are frames.
func fuzzClient(_ input: [UInt8]) {
    guard let first = input.first else { return }
    let rest = Array(input.dropFirst())
    var script = AnswerScript(rest)
    let frames = first & 1 == 1 ? rest : script.frames()
    let session = ClientSession()
    let settings: [UInt8] = [0, 0, 0, 4, 0, 0, 0, 0, 0]
    FuzzLoop.run { session.start(calls: 1 + Int(first >> 1 & 3)) }
    for piece in Pieces([first] + settings + frames).cut() { FuzzLoop.run { session.feed(piece) } }
    FuzzLoop.run { session.finish() }
    session.check()
}

private let method = RPCMethod(service: "a.B", name: "C", index: 0, kind: .unary, idempotent: true)

/// What connections hear of and tell; it knows of none of them, so it makes none.
private let shard: ChannelShard = {
    guard let target = RPCTarget("127.0.0.1:1") else { fatalError("no target") }
    var configuration = RPCChannelConfiguration()
    configuration.maximumMessage = limit
    configuration.http2.maximumHeaderList = 1000
    configuration.http2.streamWindow = 2000
    return ChannelShard(target, FuzzLoop.loop, nil, configuration, ChannelCounts(), LoopTally())
}()

private let limit = 1000

/// One connection, whose other end is read here.
// Safe: touched on the loop alone until `FuzzLoop.run` has returned for the last time.
private final class ClientSession: @unchecked Sendable {
    private var connection: RPCClientConnection?
    private var peer: Int32 = -1
    private var calls: [RPCClientCall] = []
    private var ends = 0
    private var refused = 0
    private var sent: [UInt8] = []
    private var begun = 0

    func start(calls count: Int) {
        let (transport, peer) = FuzzLoop.pair()
        self.peer = peer
        let connection = RPCClientConnection(.init(slot: 7, generation: 1), transport, shard, shard.configuration.http2)
        self.connection = connection
        begun = shard.counts.inFlight.value
        connection.http.start()
        for number in 0..<count { call(connection, number) }
    }

    private func call(_ connection: RPCClientConnection, _ number: Int) {
        var context = CallContext.root(timeout: .seconds(60))
        context.received = ResponseMetadata()
        shard.counts.inFlight.add()
        guard
            let call = try? RPCClientCall(
                method,
                context,
                connection,
                shard,
                authority: "a",
                limit: limit,
                compression: number & 1 == 0 ? .none : .automatic
            )
        else {
            refused += 1
            return
        }
        calls.append(call)
        call.ended = { [unowned self] in ends += 1 }
        _ = call.sendPlain([UInt8](repeating: 1, count: 100 * number))
        call.stream?.finish()
    }

    func feed(_ bytes: [UInt8]) {
        guard let connection, connection.http.transport.isOpen else { return }
        bytes.withUnsafeBytes { connection.http.transport.delegate?.received($0) }
        sent += FuzzLoop.read(peer)
        for call in calls {
            let bound = shard.configuration.http2.streamWindow + limit
            hold(call.queue.waitingBytes <= bound, "what waits for a reader is bounded by the window")
        }
    }

    func finish() {
        sent += FuzzLoop.read(peer)
        connection?.http.close()
        connection = nil
        close(peer)
    }

    func check() {
        same(ends, calls.count, "calls that ended and calls")
        same(refused, 0, "calls that a connection without any refused")
        same(shard.counts.inFlight.value, begun, "calls in flight")
        for call in calls {
            hold(call.stream == nil, "a call that has ended holds no stream")
            guard case .failure(let error)? = call.outcome else {
                hold(call.outcome != nil, "a call ends with its connection")
                continue
            }
            hold(error.code != .ok, "a failure is none of success")
        }
        let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)
        hold(sent.isEmpty || sent.starts(with: preface.prefix(sent.count)), "the preface comes first")
        checkFrames(Array(sent.dropFirst(preface.count)))
    }
}
