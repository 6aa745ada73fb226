import Reactor
import TestServers
import Testing

@testable import Valkey

extension Integration {
    @Suite struct SubscriptionTests {
        @Test func `channels and patterns`() async throws {
            try await Store.run { store in
                let client = store.client
                try await client.subscribe(channels: ["a", "a", "b"], patterns: ["p.*"]) { events in
                    same(try await client.publish("one", to: "a"), 1)
                    same(try await client.publish([UInt8]([0, 13, 10]), to: "b"), 1)
                    same(try await client.publish("none", to: "c"), 0)
                    same(try await client.publish("three", to: "p.x"), 1)
                    var iterator = events.makeAsyncIterator()
                    let expected = [
                        ValkeyMessage(channel: "a", pattern: nil, payload: Array("one".utf8)),
                        ValkeyMessage(channel: "b", pattern: nil, payload: [0, 13, 10]),
                        ValkeyMessage(channel: "p.x", pattern: "p.*", payload: Array("three".utf8)),
                    ]
                    for message in expected { same(try await iterator.next(), .message(message)) }
                }
                #expect(try await eventually { try await client.publish("x", to: "a") == 0 }, "the scope has ended")
            }
        }

        @Test func `over a restart of the server, and the reader hears of it`() async throws {
            try await Store.run { store in
                let client = store.client
                try await client.subscribe(channels: ["a"], patterns: ["p*"]) { events in
                    var iterator = events.makeAsyncIterator()
                    try await client.publish("1", to: "a")
                    same(try await iterator.next(), message("1"))
                    store.server.kill()
                    try await Task.sleep(for: .milliseconds(100))
                    try await store.server.start()
                    same(try await iterator.next(), .resumed)
                    same(try await client.publish("2", to: "a"), 1)
                    same(try await iterator.next(), message("2"))
                }
            }
        }

        @Test func `a slow reader lets the server wait, and loses nothing`() async throws {
            try await Store.run(configure: { $0.maximumMessages = 16 }) { store in
                let client = store.client
                try await client.subscribe(channels: ["a"]) { events in
                    let payload = String(repeating: "x", count: 1000)
                    for round in 0..<20 {
                        _ = try await client.pipeline(
                            (0..<100).map { .publish("\(round * 100 + $0) \(payload)", to: "a") }
                        )
                    }
                    try await Task.sleep(for: .milliseconds(100))
                    var iterator = events.makeAsyncIterator()
                    for number in 0..<2000 {
                        same(try await iterator.next(), message("\(number) \(payload)"))
                    }
                }
            }
        }

        @Test func `a reader that is cancelled, one that is on no loop, and no server`() async throws {
            try await Store.run { store in
                let client = store.client
                let reader = Task(executorPreference: EventLoop.current) {
                    try await client.subscribe(channels: ["a"]) { events in
                        for try await _ in events {}
                    }
                }
                #expect(try await eventually { try await client.publish("x", to: "a") == 1 })
                reader.cancel()
                await #expect(throws: ValkeyError(.cancelled, "")) { try await reader.value }
                #expect(try await eventually { try await client.publish("x", to: "a") == 0 })

                let outside = Task.detached {
                    try await client.subscribe(channels: ["o"]) { events in
                        var iterator = events.makeAsyncIterator()
                        return try await iterator.next()
                    }
                }
                #expect(try await eventually { try await client.publish("y", to: "o") == 1 })
                same(try await outside.value, .message(ValkeyMessage(channel: "o", pattern: nil, payload: [0x79])))

                store.server.kill()
                await #expect(throws: ValkeyError(.timeout, "")) {
                    try await client.subscribe(channels: ["a"], deadline: .in(.milliseconds(200))) { _ in }
                }
            }
        }

        private func message(_ text: String) -> ValkeySubscriptionEvent {
            .message(ValkeyMessage(channel: "a", pattern: nil, payload: Array(text.utf8)))
        }
    }
}
