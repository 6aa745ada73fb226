import FoundationEssentials
import InteropMessages
import RPC
import Reactor
import SwiftProtobuf

/// Where the cases' calls go.
struct InteropEnd: Sendable {
    let target: RPCTarget
    let group: EventLoopGroup
    let client: InteropTestServiceClient
    private let channel: RPCChannel

    init(_ target: RPCTarget, _ group: EventLoopGroup) {
        self.target = target
        self.group = group
        var configuration = RPCChannelConfiguration()
        configuration.compression = .automatic
        channel = RPCChannel(target, group: group, configuration: configuration)
        client = InteropTestServiceClient(Self.peer(channel))
    }

    /// The service that no server has.
    var nobody: InteropUnimplementedServiceClient { InteropUnimplementedServiceClient(client.peer) }

    /// The service that tells the server's load.
    var loads: InteropOpenRcaServiceClient { InteropOpenRcaServiceClient(client.peer) }

    /// Another with a channel of its own.
    func apart() -> InteropEnd { InteropEnd(target, group) }

    func close() { channel.close() }

    /// What most cases call with.
    var context: CallContext { .root(timeout: .seconds(20)) }

    /// UnaryCall as most cases make it.
    func largeUnary(
        _ context: CallContext? = nil,
        _ change: (inout InteropSimpleRequest) -> Void = { _ in }
    ) async throws {
        var request = InteropSimpleRequest()
        request.responseSize = 314_159
        request.payload = InteropPayload(zeros: 271_828)
        change(&request)
        let response = try await client.unaryCall(request, context ?? self.context)
        try expect(response.payload.body.count, 314_159, "size of the answer")
        try expect(response.payload.body == Data(count: 314_159), true, "zeros alone")
    }

    private static func peer(_ channel: RPCChannel) -> RPCPeer {
        let peer = RPCPeer(name: "interop")
        peer.bind(remote: channel)
        return peer
    }
}

extension InteropPayload {
    init(zeros count: Int) {
        self.init()
        body = Data(count: count)
    }
}

extension InteropBoolValue {
    init(_ value: Bool) {
        self.init()
        self.value = value
    }
}

extension InteropStreamingOutputCallRequest {
    /// Asks for answers of these sizes, with so much sent along.
    init(_ sizes: [Int32], sending size: Int = 0, interval: Int32 = 0) {
        self.init()
        responseParameters = sizes.map { size in
            InteropResponseParameters.with {
                $0.size = size
                $0.intervalUs = interval
            }
        }
        if size > 0 { payload = InteropPayload(zeros: size) }
    }
}
