import Reactor
import TestServers
import Testing

@testable import Valkey

extension Integration {
    @Suite struct CancellationTests {
        @Test func `a cancelled command returns at once, and the connection goes on`() async throws {
            try await Store.run { store in
                let client = store.client
                try await client.ping()
                store.server.freeze(true)
                defer { store.server.freeze(false) }
                let start = MonotonicTime.now()
                let task = Task(executorPreference: EventLoop.current) {
                    await failure { () async throws(ValkeyError) in _ = try await client.incr("n") }
                }
                try await Task.sleep(for: .milliseconds(50))
                task.cancel()
                let error = await task.value
                #expect(error?.code == .cancelled && error?.mayHaveExecuted == true)
                #expect(start.duration(to: .now()) < .seconds(5))
                store.server.freeze(false)
                // Its reply comes and is dropped: the next ones are not mixed up.
                same(try await client.incr("n"), 2)
                same(try await connections(client), 1)
            }
        }

        @Test func `a command past its deadline ends, and the connection goes on`() async throws {
            try await Store.run { store in
                let client = store.client
                try await client.ping()
                store.server.freeze(true)
                defer { store.server.freeze(false) }
                let start = MonotonicTime.now()
                let error = await failure { () async throws(ValkeyError) in
                    _ = try await client.incr("n", deadline: .in(.milliseconds(100)))
                }
                let spent = start.duration(to: .now())
                #expect(error?.code == .timeout && error?.mayHaveExecuted == true)
                #expect(spent >= .milliseconds(100) && spent < .seconds(5))
                store.server.freeze(false)
                same(try await client.incr("n"), 2)
                same(try await connections(client), 1)
            }
        }

        @Test func `a deadline that has passed, or a task that was cancelled, sends nothing`() async throws {
            try await Store.run { store in
                let client = store.client
                let late = await failure { () async throws(ValkeyError) in
                    _ = try await client.incr("n", deadline: .in(.milliseconds(-1)))
                }
                #expect(late?.code == .timeout && late?.mayHaveExecuted == false)
                let task = Task(executorPreference: EventLoop.current) {
                    while !Task.isCancelled { await Task.yield() }
                    return await failure { () async throws(ValkeyError) in _ = try await client.incr("n") }
                }
                task.cancel()
                let cancelled = await task.value
                #expect(cancelled?.code == .cancelled && cancelled?.mayHaveExecuted == false)
                same(try await client.get("n"), nil)
            }
        }

        @Test func `cancelling a thousand that wait frees them`() async throws {
            try await Store.run { store in
                store.server.kill()
                let client = store.client
                let errors = await withTaskGroup(of: ValkeyError?.self) { tasks in
                    for _ in 0..<1000 {
                        tasks.addTask(executorPreference: EventLoop.current) {
                            await failure { () async throws(ValkeyError) in try await client.ping() }
                        }
                    }
                    try? await Task.sleep(for: .milliseconds(100))
                    tasks.cancelAll()
                    return await tasks.reduce(into: [ValkeyError?]()) { $0.append($1) }
                }
                #expect(errors.allSatisfy { $0?.code == .cancelled && $0?.mayHaveExecuted == false })
                try await store.server.start()
                try await client.ping()
            }
        }

        private func connections(_ client: ValkeyClient) async throws -> Int {
            let list = try await client.command("CLIENT", ["LIST"]).value(String.self)
            return list.split(separator: "\n").count { $0.contains("name=lonja") }
        }
    }
}
