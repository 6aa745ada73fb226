import InteropMessages
import RPC
import Reactor
import Synchronization

extension InteropCase {
    /// Many calls: one after the other, and at once.
    static let load: [InteropCase] = [
        InteropCase("rpc_soak") { end in
            for _ in 0..<50 { try await end.largeUnary(.root(timeout: .seconds(5))) }
        },
        InteropCase("channel_soak") { end in
            for _ in 0..<20 {
                let another = end.apart()
                try await another.largeUnary(.root(timeout: .seconds(5)))
                another.close()
            }
        },
        InteropCase("long_lived_channel") { end in
            for _ in 0..<3 {
                try await end.largeUnary()
                try await pause(.milliseconds(300))
            }
        },
        InteropCase("concurrent_large_unary") { end in
            try await atOnce(1_000) { _ in try await end.largeUnary(.root(timeout: .seconds(60))) }
        },
        InteropCase("thousands_time_out") { end in
            let request = InteropStreamingOutputCallRequest([1], interval: 10_000_000)
            // On three channels: a client that resets a thousand streams at once is a flood to our server.
            try await atOnce(3) { _ in
                let another = end.apart()
                try await atOnce(800) { _ in
                    let error = try await refusal {
                        let context = CallContext.root(timeout: .milliseconds(300))
                        _ = try await another.client.streamingOutputCall(request, context) { try await $0.next() }
                    }
                    try expect(error.code, .deadlineExceeded, "code")
                }
                try await another.largeUnary()
                another.close()
            }
        },
        InteropCase("more_than_max_streams") { end in
            // Above what any of the servers allows at once: the rest waits, and nothing fails.
            let request = InteropStreamingOutputCallRequest([7], interval: 10_000)
            try await atOnce(1_200) { _ in
                try await end.client.streamingOutputCall(request, .root(timeout: .seconds(60))) { reader in
                    try expect(try await reader.next()?.payload.body.count, 7, "size")
                    try expect(try await reader.next(), nil, "after the last")
                }
            }
        },
        InteropCase("pushback_at_client") { end in
            let sent = Tally()
            let count = 100
            try await end.client.fullDuplexCall(end.context) { writer, reader in
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask {
                        for number in 0..<count {
                            // The first keeps the server busy, so that it takes no more.
                            let wait: Int32 = number == 0 ? 400_000 : 0
                            try await writer.write(.init([1], sending: 100_000, interval: wait))
                            sent.count.add(1, ordering: .relaxed)
                        }
                        try await writer.finish()
                    }
                    try await pause(.milliseconds(200))
                    let early = sent.count.load(ordering: .relaxed)
                    try expect(
                        early < count / 2,
                        true,
                        "10 MB are held back, of which went out \(early) tenths of a MB"
                    )
                    for _ in 0..<count { try expect(try await reader.next()?.payload.body.count, 1, "size") }
                    try expect(try await reader.next(), nil, "after the last")
                    try await group.waitForAll()
                }
            }
        },
        InteropCase("pushback_at_server") { end in
            let sizes = Array(repeating: Int32(100_000), count: 100)
            try await end.client.streamingOutputCall(.init(sizes), end.context) { reader in
                try await pause(.milliseconds(200))
                var bytes = 0
                for try await response in reader { bytes += response.payload.body.count }
                try expect(bytes, 10_000_000, "bytes")
            }
        },
        InteropCase("large_metadata") { end in
            var context = end.context
            try context.outgoing.append("x-large", String(repeating: "X", count: 63 << 10))
            do {
                _ = try await end.client.emptyCall(InteropEmpty(), context)
            } catch let error as RPCError {
                // Some take no more than 8 KiB, and say so.
                try expect(error.code, .resourceExhausted, "code")
            }
            try await end.largeUnary()
        },
    ]

    private static func atOnce(_ count: Int, _ body: @escaping @Sendable (Int) async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<count { group.addTask { try await body(number) } }
            try await group.waitForAll()
        }
    }
}

/// A count that tasks share.
private final class Tally: Sendable {
    let count = Atomic<Int>(0)
}
