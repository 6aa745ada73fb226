import Contracts
import RPC
import Reactor
import SwiftProtobuf

extension Check {
    /// Statuses, metadata, deadlines and cancellation.
    static let endings: [Check] =
        RPCError.Code.all.dropFirst().map { code in
            Check("status-\(code)") { client, context in
                let message = "refused: 100 % ñandú\n2nd line"
                let error = try await refusal {
                    let request = EchoEchoRequest("", failCode: code.rawValue, failMessage: message)
                    _ = try await client.unary(request, context)
                }
                try expect(error.code, code, "code")
                try expect(error.message, message, "message")
                let detail = try error.details.first.map { try Google_Protobuf_StringValue(unpackingAny: $0).value }
                try expect(detail, message, "detail")
            }
        } + [
            Check("status-after-some-answers") { client, context in
                let error = try await refusal {
                    try await client.chat(context) { writer, reader in
                        try await writer.write(EchoEchoRequest("a"))
                        try expect(try await reader.next()?.text, "a", "answer")
                        try await writer.write(EchoEchoRequest("", failCode: 9, failMessage: "enough"))
                        _ = try await reader.next()
                    }
                }
                try expect(error.code, .failedPrecondition, "code")
                try expect(error.message, "enough", "message")
            },
            Check("metadata-comes-back") { client, context in
                var context = context
                let received = ResponseMetadata()
                context.received = received
                try context.outgoing.append("x-echo-text", "plain")
                try context.outgoing.append("x-echo-data-bin", bytes: Array(0...255))
                try context.outgoing.append("x-echo-trailer-bin", bytes: [0, 255, 44])
                _ = try await client.unary(EchoEchoRequest("a"), context)
                try expect(received.initial["x-echo-text"], "plain", "text")
                try expect(received.initial.bytes(for: "x-echo-data-bin"), [Array(0...255)], "bytes")
                try expect(received.trailing.bytes(for: "x-echo-trailer-bin"), [[0, 255, 44]], "trailer")
            },
            Check("deadline") { client, _ in
                let begin = MonotonicTime.now()
                let error = try await refusal {
                    let context = CallContext.root(timeout: .milliseconds(200))
                    _ = try await client.unary(EchoEchoRequest("late", delay: 5000), context)
                }
                try expect(error.code, .deadlineExceeded, "code")
                try expect(begin.duration(to: .now()) < .seconds(2), true, "within two seconds")
            },
            Check("cancellation-leaves-the-connection-usable") { client, context in
                let call = Task { try await client.unary(EchoEchoRequest("never", delay: 10_000), context) }
                try await client.unary(EchoEchoRequest("", delay: 50), context).text == "" ? call.cancel() : ()
                let error = try await refusal { _ = try await call.value }
                try expect(error.code, .cancelled, "code")
                try expect(try await client.unary(EchoEchoRequest("still here"), context).text, "still here", "text")
            },
            Check("leaving-a-stream-cancels-it") { client, context in
                let request = EchoEchoRequest("a", count: 1_000_000, delay: 1)
                try expect(try await client.expand(request, context) { try await $0.next()?.text }, "a", "first")
                try expect(try await client.unary(EchoEchoRequest("after"), context).text, "after", "text")
            },
            Check("message-over-the-limit") { client, context in
                let error = try await refusal {
                    _ = try await client.unary(EchoEchoRequest(String(repeating: "x", count: 5 << 20)), context)
                }
                try expect(error.code, .resourceExhausted, "code")
                try expect(try await client.unary(EchoEchoRequest("after"), context).text, "after", "text")
            },
        ]
}
