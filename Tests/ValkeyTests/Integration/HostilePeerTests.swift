import Reactor
import Testing

@testable import Valkey

extension Integration {
    @Suite struct HostilePeerTests {
        @Test(arguments: [
            ("$999999999999\r\n", ValkeyError.Code.tooLarge), ("*2147483647\r\n", .tooLarge),
            ("HTTP/1.1 200 OK\r\n\r\n", .protocolViolation),
            (String(repeating: "*1\r\n", count: 1000), .protocolViolation),
        ])
        func `an answer that is none ends the connection with a clear error`(text: String, code: ValkeyError.Code)
            async throws
        {
            try await Store.withLoops { group in
                let peer = try FakePeer(group) { _ in Array(text.utf8) }
                defer { peer.close() }
                let client = ValkeyClient(ValkeyConfiguration(.one(peer.endpoint)), group: group)
                defer { client.close() }
                let error = await failure { () async throws(ValkeyError) in _ = try await client.get("a") }
                #expect(error?.code == code && error?.mayHaveExecuted == true)
            }
        }

        @Test func `answers that were not asked for, and a close without one`() async throws {
            try await Store.withLoops { group in
                let chatty = try FakePeer(group) { _ in Array("$1\r\na\r\n$1\r\nb\r\n".utf8) }
                let mute = try FakePeer(group) { _ in nil }
                defer { for peer in [chatty, mute] { peer.close() } }
                let client = ValkeyClient(ValkeyConfiguration(.one(chatty.endpoint)), group: group)
                same(try await client.get("a", as: String.self), "a")
                // The second answer has no question: the next command is not given it.
                same(try await client.get("a", as: String.self), "a")
                client.close()
                let other = ValkeyClient(ValkeyConfiguration(.one(mute.endpoint)), group: group)
                defer { other.close() }
                let error = await failure { () async throws(ValkeyError) in _ = try await other.get("a") }
                #expect(error?.code == .connection && error?.mayHaveExecuted == true)
            }
        }

        @Test func `a peer that does not read: memory is bounded, every call ends`() async throws {
            try await Store.withLoops { group in
                let peer = try FakePeer(group, isReading: false) { _ in [] }
                defer { peer.close() }
                var configuration = ValkeyConfiguration(.one(peer.endpoint))
                // More than the buffers of the two sockets take.
                configuration.maximumWaitingBytes = 24 << 20
                let client = ValkeyClient(configuration, group: group)
                defer { client.close() }
                let value = [UInt8](repeating: 0, count: 100_000)
                let errors = await withTaskGroup(of: ValkeyError?.self) { tasks in
                    for _ in 0..<400 {
                        tasks.addTask(executorPreference: EventLoop.current) {
                            await failure { () async throws(ValkeyError) in
                                _ = try await client.set("a", value, deadline: .in(.seconds(2)))
                            }
                        }
                    }
                    return await tasks.reduce(into: [ValkeyError?]()) { $0.append($1) }
                }
                let codes = errors.compactMap { $0?.code }
                #expect(codes.count == 400)
                #expect(codes.contains(.overloaded), "what may wait is bounded")
                #expect(Set(codes).isSubset(of: [.overloaded, .timeout]))
                #expect(errors.contains { $0?.code == .timeout && $0?.mayHaveExecuted == false }, "some never left")
                #expect(errors.contains { $0?.code == .timeout && $0?.mayHaveExecuted == true }, "some may have")
            }
        }

        @Test func `nobody there, and a name that is none, hold no loop`() async throws {
            // Connecting and resolving are no work of the loop: a step of it is short whatever the network does.
            try await Store.withLoops { group in
                for text in ["192.0.2.1:6379", "no-such-host.invalid:6379", "127.0.0.1:1"] {
                    var configuration = ValkeyConfiguration(.one(try #require(ValkeyEndpoint(text))))
                    configuration.connectTimeout = .milliseconds(100)
                    let client = ValkeyClient(configuration, group: group)
                    defer { client.close() }
                    let start = MonotonicTime.now()
                    let error = await failure { () async throws(ValkeyError) in
                        try await client.ping(deadline: .in(.milliseconds(300)))
                    }
                    #expect(error?.code == .timeout && error?.mayHaveExecuted == false)
                    #expect(start.duration(to: .now()) < .seconds(20))
                }
            }
        }
    }
}
