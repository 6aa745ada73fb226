import InteropMessages
import RPC
import Reactor
import SwiftProtobuf

extension InteropCase {
    /// Statuses, cancellation and deadlines.
    static let endings: [InteropCase] = [
        InteropCase("status_code_and_message") { try await echoes("test status message", $0) },
        InteropCase("special_status_message") { end in
            let status = InteropEchoStatus(2, "\t\ntest with whitespace\r\nand Unicode BMP ☺ and non-BMP 😈\t\n")
            let error = try await refusal {
                _ = try await end.client.unaryCall(.with { $0.responseStatus = status }, end.context)
            }
            try expect(error.code, .unknown, "code")
            try expect(error.message, status.message, "message")
        },
        InteropCase("unimplemented_method") { end in
            let error = try await refusal { _ = try await end.client.unimplementedCall(InteropEmpty(), end.context) }
            try expect(error.code, .unimplemented, "code")
        },
        InteropCase("unimplemented_service") { end in
            let error = try await refusal { _ = try await end.nobody.unimplementedCall(InteropEmpty(), end.context) }
            try expect(error.code, .unimplemented, "code")
        },
        InteropCase("cancel_after_begin") { end in
            // The channel is up before, so that the call has begun when it is cancelled.
            _ = try await end.client.emptyCall(InteropEmpty(), end.context)
            let call = Task {
                try await end.client.streamingInputCall(end.context) { _ in try await pause(.seconds(10)) }
            }
            try await pause(.milliseconds(20))
            call.cancel()
            let error = try await refusal { _ = try await call.value }
            try expect(error.code, .cancelled, "code")
        },
        InteropCase("cancel_after_first_response") { end in
            let error = try await refusal {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    let (answered, answer) = AsyncStream.makeStream(of: Void.self)
                    group.addTask {
                        try await end.client.fullDuplexCall(end.context) { writer, reader in
                            try await writer.write(.init([31_415], sending: 27_182))
                            try expect(try await reader.next()?.payload.body.count, 31_415, "size")
                            answer.finish()
                            _ = try await reader.next()
                        }
                    }
                    for await _ in answered {}
                    group.cancelAll()
                    try await group.next()
                }
            }
            try expect(error.code, .cancelled, "code")
        },
        InteropCase("timeout_on_sleeping_server") { end in
            let error = try await refusal {
                let context = CallContext.root(timeout: .milliseconds(1))
                try await end.client.fullDuplexCall(context) { writer, reader in
                    try await writer.write(.init([], sending: 27_182))
                    _ = try await reader.next()
                }
            }
            try expect(error.code, .deadlineExceeded, "code")
        },
    ]

    private static func echoes(_ message: String, _ end: InteropEnd) async throws {
        let status = InteropEchoStatus(2, message)
        let unary = try await refusal {
            _ = try await end.client.unaryCall(.with { $0.responseStatus = status }, end.context)
        }
        let duplex = try await refusal {
            try await end.client.fullDuplexCall(end.context) { writer, reader in
                try await writer.write(.with { $0.responseStatus = status })
                try await writer.finish()
                _ = try await reader.next()
            }
        }
        for error in [unary, duplex] {
            try expect(error.code, .unknown, "code")
            try expect(error.message, message, "message")
        }
    }
}

extension InteropEchoStatus {
    init(_ code: Int32, _ message: String) {
        self.init()
        self.code = code
        self.message = message
    }
}

/// Waits, on whatever loop this runs.
func pause(_ duration: Duration) async throws {
    guard let loop = EventLoop.current else { return try await Task.sleep(for: duration) }
    try await loop.sleep(for: duration)
}
