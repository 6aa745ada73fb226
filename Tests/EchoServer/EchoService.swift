import Contracts
import RPC
import Reactor
import SwiftProtobuf

/// Says back what it is told, and fails, waits and repeats where it is asked to.
struct EchoService: EchoServing {
    func unary(_ request: EchoEchoRequest, _ context: CallContext) async throws -> EchoEchoResponse {
        try await answer(request, context)
    }

    func read(_ request: EchoEchoRequest, _ context: CallContext) async throws -> EchoEchoResponse {
        try await answer(request, context)
    }

    func readHedged(_ request: EchoEchoRequest, _ context: CallContext) async throws -> EchoEchoResponse {
        try await answer(request, context)
    }

    func collect(_ requests: RPCReader<EchoEchoRequest>, _ context: CallContext) async throws -> EchoEchoResponse {
        var text = ""
        for try await request in requests { text += try await answer(request, context).text }
        return EchoEchoResponse.with { $0.text = text }
    }

    func expand(
        _ request: EchoEchoRequest,
        _ responses: RPCWriter<EchoEchoResponse>,
        _ context: CallContext
    ) async throws {
        for _ in 0..<request.count { try await responses.write(try await answer(request, context)) }
        if request.count == 0 { _ = try await answer(request, context) }
    }

    func chat(
        _ requests: RPCReader<EchoEchoRequest>,
        _ responses: RPCWriter<EchoEchoResponse>,
        _ context: CallContext
    ) async throws {
        for try await request in requests { try await responses.write(try await answer(request, context)) }
    }

    private func answer(_ request: EchoEchoRequest, _ context: CallContext) async throws -> EchoEchoResponse {
        for entry in context.metadata where entry.name.hasPrefix("x-echo") {
            let isTrailer = entry.name.hasPrefix("x-echo-trailer")
            func add(_ metadata: inout Metadata) throws {
                switch entry.value {
                case .text(let text): try metadata.append(entry.name, text)
                case .bytes(let bytes): try metadata.append(entry.name, bytes: bytes)
                }
            }
            if isTrailer { try context.response?.updateTrailing(add) } else { try context.response?.updateInitial(add) }
        }
        if request.delayMs > 0, let loop = EventLoop.current {
            try await loop.sleep(for: .milliseconds(Int(request.delayMs)))
        }
        if request.failCode != 0 {
            let detail = try Google_Protobuf_Any(message: Google_Protobuf_StringValue(request.failMessage))
            let code = RPCError.Code(rawValue: Int(request.failCode)) ?? .unknown
            throw RPCError(code, request.failMessage, details: [detail])
        }
        return EchoEchoResponse.with { $0.text = request.text }
    }
}
