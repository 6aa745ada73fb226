import InteropMessages
import RPC
import SwiftProtobuf

extension InteropCase {
    private static let up = [27_182, 8, 1_828, 45_904]
    private static let down: [Int32] = [31_415, 9, 2_653, 58_979]

    /// Messages in every kind of call, and what goes with them.
    static let calls: [InteropCase] = [
        InteropCase("empty_unary") { end in
            let response = try await end.client.emptyCall(InteropEmpty(), end.context)
            try expect(response, InteropEmpty(), "answer")
        },
        InteropCase("large_unary") { try await $0.largeUnary() },
        InteropCase("client_streaming") { end in
            let response = try await end.client.streamingInputCall(end.context) { writer in
                for size in up {
                    try await writer.write(
                        InteropStreamingInputCallRequest.with { $0.payload = InteropPayload(zeros: size) }
                    )
                }
            }
            try expect(response.aggregatedPayloadSize, 74_922, "sum")
        },
        InteropCase("server_streaming") { end in
            let sizes = try await end.client.streamingOutputCall(.init(down), end.context) { reader in
                var sizes: [Int32] = []
                for try await response in reader { sizes.append(Int32(response.payload.body.count)) }
                return sizes
            }
            try expect(sizes, down, "sizes")
        },
        InteropCase("ping_pong") { end in
            try await end.client.fullDuplexCall(end.context) { writer, reader in
                for (sent, wanted) in zip(up, down) {
                    try await writer.write(.init([wanted], sending: sent))
                    try expect(try await reader.next()?.payload.body.count, Int(wanted), "size")
                }
                try await writer.finish()
                try expect(try await reader.next(), nil, "after the last")
            }
        },
        InteropCase("half_duplex") { end in
            let sizes = try await end.client.halfDuplexCall(end.context) { writer, reader in
                for size in down { try await writer.write(.init([size])) }
                try await writer.finish()
                var sizes: [Int32] = []
                for try await response in reader { sizes.append(Int32(response.payload.body.count)) }
                return sizes
            }
            try expect(sizes, down, "sizes")
        },
        InteropCase("empty_stream") { end in
            try await end.client.fullDuplexCall(end.context) { writer, reader in
                try await writer.finish()
                try expect(try await reader.next(), nil, "an answer")
            }
        },
        InteropCase("custom_metadata") { end in
            func checked(_ body: (CallContext) async throws -> Void) async throws {
                let received = ResponseMetadata()
                var context = end.context
                context.received = received
                try context.outgoing.append("x-grpc-test-echo-initial", "test_initial_metadata_value")
                try context.outgoing.append("x-grpc-test-echo-trailing-bin", bytes: [0xab, 0xab, 0xab])
                try await body(context)
                let text = received.initial["x-grpc-test-echo-initial"]
                try expect(text, "test_initial_metadata_value", "initial metadata")
                let bytes = received.trailing.bytes(for: "x-grpc-test-echo-trailing-bin")
                try expect(bytes, [[0xab, 0xab, 0xab]], "trailing metadata")
            }
            try await checked { try await end.largeUnary($0) }
            try await checked { context in
                try await end.client.fullDuplexCall(context) { writer, reader in
                    try await writer.write(.init([314_159], sending: 271_828))
                    try expect(try await reader.next()?.payload.body.count, 314_159, "size")
                    try await writer.finish()
                    try expect(try await reader.next(), nil, "after the last")
                }
            }
        },
        InteropCase("pick_first_unary") { end in
            var servers: Set<String> = []
            for _ in 0..<100 {
                let request = InteropSimpleRequest.with { $0.fillServerID = true }
                servers.insert(try await end.client.unaryCall(request, end.context).serverID)
            }
            try expect(servers.count, 1, "servers")
            try expect(servers.contains(""), false, "a server without a name")
        },
        InteropCase("orca_per_rpc") { end in
            let received = ResponseMetadata()
            var context = end.context
            context.received = received
            let request = InteropSimpleRequest.with { request in
                request.orcaPerQueryReport = InteropTestOrcaReport.with {
                    $0.cpuUtilization = 0.8210
                    $0.memoryUtilization = 0.5847
                    $0.requestCost = ["cost": 3456.32]
                    $0.utilization = ["util": 0.30499]
                }
            }
            _ = try await end.client.unaryCall(request, context)
            let bytes = received.trailing.bytes(for: "endpoint-load-metrics-bin")
            try expect(bytes.count, 1, "reports")
            let report = try InteropOrcaLoadReport(serializedBytes: bytes[0])
            try expect(report.cpuUtilization, 0.8210, "processor")
            try expect(report.memUtilization, 0.5847, "memory")
            try expect(report.requestCost, ["cost": 3456.32], "cost")
            try expect(report.utilization, ["util": 0.30499], "utilization")
        },
        // As a balancer hears of it: on a stream of reports that was there before the load changes.
        InteropCase("orca_oob") { end in
            let request = InteropOrcaLoadReportRequest.with { $0.reportInterval = .init(seconds: 1) }
            try await end.loads.streamCoreMetrics(request, end.context) { reports in
                try await end.client.fullDuplexCall(end.context) { writer, reader in
                    for (processor, memory, other) in [(0.8210, 0.5847, 0.30499), (0.29309, 0.2, 0.2039)] {
                        var change = InteropStreamingOutputCallRequest([1])
                        change.orcaOobReport = InteropTestOrcaReport.with {
                            $0.cpuUtilization = processor
                            $0.memoryUtilization = memory
                            $0.utilization = ["util": other]
                        }
                        try await writer.write(change)
                        try expect(try await reader.next()?.payload.body.count, 1, "size")
                        let wanted = InteropOrcaLoadReport.with {
                            $0.cpuUtilization = processor
                            $0.memUtilization = memory
                            $0.utilization = ["util": other]
                        }
                        // Those on their way are of before.
                        var found: InteropOrcaLoadReport?
                        for _ in 0..<4 where found != wanted { found = try await reports.next() }
                        try expect(found, wanted, "load")
                    }
                    try await writer.finish()
                    try expect(try await reader.next(), nil, "after the last")
                }
            }
        },
    ]
}
