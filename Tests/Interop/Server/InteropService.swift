import FoundationEssentials
import InteropMessages
import RPC
import Reactor
import SwiftProtobuf

/// What interop-test-descriptions.md asks of a server, but for what needs a cloud.
struct InteropService: InteropTestServiceServing {
    private static let initialEcho = "x-grpc-test-echo-initial"
    private static let trailingEcho = "x-grpc-test-echo-trailing-bin"
    /// Ours: what the server is to say of trying again, in milliseconds, or "never".
    private static let pushback = "x-lonja-pushback"
    /// Apart from other processes, the same for all calls of this one.
    private let id = "\(UInt64.random(in: 0...UInt64.max))"
    let load: ServerLoad

    func emptyCall(_ request: InteropEmpty, _ context: CallContext) async throws -> InteropEmpty {
        try echo(context)
        return InteropEmpty()
    }

    func unaryCall(_ request: InteropSimpleRequest, _ context: CallContext) async throws -> InteropSimpleResponse {
        try echo(context)
        try Self.check(request.hasExpectCompressed, request.expectCompressed.value, context)
        if request.hasOrcaPerQueryReport { try report(request.orcaPerQueryReport, context) }
        if let text = context.metadata[Self.pushback] {
            context.response?.retryPushback = Int(text).map { .after(.milliseconds($0)) } ?? .never
        }
        if request.hasResponseStatus { try Self.fail(request.responseStatus) }
        if request.hasResponseCompressed {
            context.response?.compression = request.responseCompressed.value ? .gzip : .none
        }
        var response = InteropSimpleResponse()
        response.payload = Self.payload(request.responseSize)
        if request.fillServerID { response.serverID = id }
        return response
    }

    func streamingOutputCall(
        _ request: InteropStreamingOutputCallRequest,
        _ responses: RPCWriter<InteropStreamingOutputCallResponse>,
        _ context: CallContext
    ) async throws {
        try echo(context)
        if request.responseParameters.contains(where: \.hasCompressed) { context.response?.compression = .none }
        try await answer(request, responses)
    }

    func streamingInputCall(
        _ requests: RPCReader<InteropStreamingInputCallRequest>,
        _ context: CallContext
    ) async throws -> InteropStreamingInputCallResponse {
        try echo(context)
        var size = 0
        for try await request in requests {
            try Self.check(request.hasExpectCompressed, request.expectCompressed.value, context)
            size += request.payload.body.count
        }
        return InteropStreamingInputCallResponse.with { $0.aggregatedPayloadSize = Int32(size) }
    }

    func fullDuplexCall(
        _ requests: RPCReader<InteropStreamingOutputCallRequest>,
        _ responses: RPCWriter<InteropStreamingOutputCallResponse>,
        _ context: CallContext
    ) async throws {
        try echo(context)
        defer { load.forget() }
        for try await request in requests {
            if request.hasOrcaOobReport { load.become(InteropOrcaLoadReport(request.orcaOobReport)) }
            try await answer(request, responses)
        }
    }

    func halfDuplexCall(
        _ requests: RPCReader<InteropStreamingOutputCallRequest>,
        _ responses: RPCWriter<InteropStreamingOutputCallResponse>,
        _ context: CallContext
    ) async throws {
        try echo(context)
        var all: [InteropStreamingOutputCallRequest] = []
        for try await request in requests { all.append(request) }
        for request in all { try await answer(request, responses) }
    }

    private func answer(
        _ request: InteropStreamingOutputCallRequest,
        _ responses: RPCWriter<InteropStreamingOutputCallResponse>
    ) async throws {
        if request.hasResponseStatus { try Self.fail(request.responseStatus) }
        for parameters in request.responseParameters {
            if parameters.intervalUs > 0, let loop = EventLoop.current {
                try await loop.sleep(for: .microseconds(Int(parameters.intervalUs)))
            }
            let response = InteropStreamingOutputCallResponse.with { $0.payload = Self.payload(parameters.size) }
            let wanted: MessageCompression = parameters.compressed.value ? .gzip : .none
            try await responses.write(response, compression: parameters.hasCompressed ? wanted : .automatic)
        }
    }

    private func echo(_ context: CallContext) throws {
        if let text = context.metadata[Self.initialEcho] {
            try context.response?.updateInitial { try $0.append(Self.initialEcho, text) }
        }
        for bytes in context.metadata.bytes(for: Self.trailingEcho) {
            try context.response?.updateTrailing { try $0.append(Self.trailingEcho, bytes: bytes) }
        }
    }

    /// The load of this call, for whoever balances.
    private func report(_ report: InteropTestOrcaReport, _ context: CallContext) throws {
        let bytes: [UInt8] = try InteropOrcaLoadReport(report).serializedBytes()
        try context.response?.updateTrailing { try $0.append("endpoint-load-metrics-bin", bytes: bytes) }
    }

    private static func check(_ isExpected: Bool, _ expected: Bool, _ context: CallContext) throws {
        guard isExpected, context.response?.lastMessageWasCompressed != expected else { return }
        throw RPCError(.invalidArgument, "the request came \(expected ? "plain" : "compressed")")
    }

    private static func fail(_ status: InteropEchoStatus) throws {
        guard status.code != 0 else { return }
        throw RPCError(RPCError.Code(rawValue: Int(status.code)) ?? .unknown, status.message)
    }

    private static func payload(_ size: Int32) -> InteropPayload {
        InteropPayload.with { $0.body = Data(count: max(0, Int(size))) }
    }
}

extension InteropOrcaLoadReport {
    fileprivate init(_ report: InteropTestOrcaReport) {
        self.init()
        cpuUtilization = report.cpuUtilization
        memUtilization = report.memoryUtilization
        requestCost = report.requestCost
        utilization = report.utilization
    }
}
