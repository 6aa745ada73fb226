import InteropMessages
import RPC
import Reactor
import SwiftProtobuf

/// Reports of the server's load by a stream of their own (gRFC A51).
struct InteropLoadService: InteropOpenRcaServiceServing {
    /// Between two reports, whatever a client asks for.
    private static let leastInterval = Duration.seconds(1)

    let load: ServerLoad

    func streamCoreMetrics(
        _ request: InteropOrcaLoadReportRequest,
        _ responses: RPCWriter<InteropOrcaLoadReport>,
        _ context: CallContext
    ) async throws {
        guard let loop = EventLoop.current else { throw RPCError(.internalError, "a handler runs on a loop") }
        let asked = request.reportInterval
        let interval = max(.seconds(asked.seconds) + .nanoseconds(Int64(asked.nanos)), Self.leastInterval)
        while true {
            try await responses.write(load.report)
            try await loop.sleep(for: interval)
        }
    }
}
