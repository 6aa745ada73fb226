import InteropMessages
import RPC
import Reactor
import SwiftProtobuf

extension InteropCase {
    /// Against servers that break off, by their frames (negative-http2-interop-test-descriptions.md, and more of the kind):
    /// what such a server answers with has 1,024 zeros.
    static let negative: [InteropCase] = [
        InteropCase("goaway", isNegative: true) { end in
            try await small(end)
            // So that the GOAWAY is there.
            try await pause(.milliseconds(100))
            try await small(end)
        },
        InteropCase("rst_after_header", isNegative: true) { try await fails($0, .internalError) },
        InteropCase("rst_during_data", isNegative: true) { try await fails($0, .internalError) },
        InteropCase("rst_after_data", isNegative: true) { try await fails($0, .internalError) },
        InteropCase("ping", isNegative: true) { end in
            try await small(end)
            // So that the last is acknowledged.
            try await pause(.milliseconds(100))
        },
        InteropCase("max_streams", isNegative: true) { end in
            try await small(end)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<10 { group.addTask { try await small(end) } }
                try await group.waitForAll()
            }
        },
        InteropCase("reconnect", isNegative: true) { end in
            // The server takes the first connections and closes them; who waits for it gets through.
            let begun = MonotonicTime.now()
            while true {
                do {
                    return try await small(end)
                } catch let error as RPCError {
                    try expect(error.code, .unavailable, "code")
                    try expect(begun.duration(to: .now()) < .seconds(15), true, "within 15 seconds")
                    try await pause(.milliseconds(20))
                }
            }
        },
        InteropCase("early_end", isNegative: true) { end in
            // The server answers before it is told that nothing follows, and that is the end.
            try await end.client.fullDuplexCall(end.context) { writer, reader in
                try await writer.write(.init([1]))
                try expect(try await reader.next(), nil, "an answer")
                // So that what the client sends of it is out.
                try await pause(.milliseconds(100))
            }
        },
        InteropCase("any_status", isNegative: true) { end in
            // For tests that look at what becomes of an answer: prints it.
            let received = ResponseMetadata()
            var context = CallContext.root(timeout: .seconds(3))
            context.received = received
            do {
                let response = try await end.client.unaryCall(InteropSimpleRequest(), context)
                print("status 0 \(response.payload.body.count)")
            } catch {
                let status = RPCError(mapping: error)
                print("status \(status.code.rawValue) \(status.message)")
            }
            for entry in received.initial { print("initial \(entry.name) \(entry.value)") }
            for entry in received.trailing { print("trailing \(entry.name) \(entry.value)") }
            if let pushback = received.retryPushback { print("pushback \(pushback)") }
        },
    ]

    private static func request() -> InteropSimpleRequest {
        InteropSimpleRequest.with {
            $0.responseSize = 314_159
            $0.payload = InteropPayload(zeros: 271_828)
        }
    }

    private static func small(_ end: InteropEnd) async throws {
        let response = try await end.client.unaryCall(request(), .root(timeout: .seconds(10)))
        try expect(response.payload.body.count, 1_024, "size of the answer")
    }

    private static func fails(_ end: InteropEnd, _ code: RPCError.Code) async throws {
        let error = try await refusal { try await small(end) }
        try expect(error.code, code, "code")
    }
}
