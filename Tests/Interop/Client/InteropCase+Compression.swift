import InteropMessages
import RPC
import SwiftProtobuf

extension InteropCase {
    /// What is compressed, and what is not.
    static let compression: [InteropCase] = [
        InteropCase("client_compressed_unary") { end in
            let probe = try await refusal { try await end.largeUnary { $0.expectCompressed = InteropBoolValue(true) } }
            try expect(probe.code, .invalidArgument, "a plain request that says it is compressed")
            var context = end.context
            context.compression = .gzip
            try await end.largeUnary(context) { $0.expectCompressed = InteropBoolValue(true) }
            try await end.largeUnary { $0.expectCompressed = InteropBoolValue(false) }
        },
        InteropCase("server_compressed_unary") { end in
            for wanted in [true, false] {
                let received = ResponseMetadata()
                var context = end.context
                context.received = received
                try await end.largeUnary(context) { $0.responseCompressed = InteropBoolValue(wanted) }
                try expect(received.lastMessageWasCompressed, wanted, "whether the answer was compressed")
            }
        },
        InteropCase("compressed_both_ways") { end in
            let received = ResponseMetadata()
            var context = end.context
            context.received = received
            context.compression = .gzip
            try await end.largeUnary(context) {
                $0.expectCompressed = InteropBoolValue(true)
                $0.responseCompressed = InteropBoolValue(true)
            }
            try expect(received.lastMessageWasCompressed, true, "whether the answer was compressed")
        },
        InteropCase("client_compressed_streaming") { end in
            func request(_ size: Int, _ isCompressed: Bool) -> InteropStreamingInputCallRequest {
                InteropStreamingInputCallRequest.with {
                    $0.payload = InteropPayload(zeros: size)
                    $0.expectCompressed = InteropBoolValue(isCompressed)
                }
            }
            let probe = try await refusal {
                _ = try await end.client.streamingInputCall(end.context) { try await $0.write(request(27_182, true)) }
            }
            try expect(probe.code, .invalidArgument, "a plain request that says it is compressed")
            var context = end.context
            context.compression = .gzip
            let response = try await end.client.streamingInputCall(context) { writer in
                try await writer.write(request(27_182, true))
                try await writer.write(request(45_904, false), compression: .none)
            }
            try expect(response.aggregatedPayloadSize, 73_086, "sum")
        },
        InteropCase("server_compressed_streaming") { end in
            let received = ResponseMetadata()
            var context = end.context
            context.received = received
            var request = InteropStreamingOutputCallRequest([31_415, 92_653])
            request.responseParameters[0].compressed = InteropBoolValue(true)
            request.responseParameters[1].compressed = InteropBoolValue(false)
            try await end.client.streamingOutputCall(request, context) { reader in
                try expect(try await reader.next()?.payload.body.count, 31_415, "size")
                try expect(received.lastMessageWasCompressed, true, "whether the first was compressed")
                try expect(try await reader.next()?.payload.body.count, 92_653, "size")
                try expect(received.lastMessageWasCompressed, false, "whether the second was compressed")
                try expect(try await reader.next(), nil, "after the last")
            }
        },
    ]
}
