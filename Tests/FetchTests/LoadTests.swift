import Glibc
import HTTP
import Reactor
import Synchronization
import TestServers
import Testing

@testable import Fetch

extension Heavy {
    @Suite(.serialized, .timeLimit(.minutes(3))) struct LoadTests {
        /// Counts the exchanges a server has at once.
        final class Level: Sendable {
            private let state = Mutex((now: 0, peak: 0))
            var peak: Int { state.withLock { $0.peak } }
            func enter() {
                state.withLock {
                    $0.now += 1
                    $0.peak = max($0.peak, $0.now)
                }
            }
            func leave() { state.withLock { $0.now -= 1 } }
        }

        @Test(arguments: [FetchClientConfiguration.Versions.http1, .http2PriorKnowledge])
        func aThousandAtOnceOnFewConnections(_ versions: FetchClientConfiguration.Versions) async throws {
            let level = Level()
            let peers = Seen()
            try await withFetch(
                {
                    $0.versions = versions
                    $0.connectionsPerHost = 4
                    $0.connections = 8
                },
                loops: 2,
                handler: { request in
                    level.enter()
                    peers.add(request.remote?.description ?? "")
                    try? await EventLoop.current?.sleep(for: .milliseconds(2))
                    level.leave()
                    return .text(request.head.target)
                }
            ) { (client, base, _) async throws -> Void in
                let good = try await withThrowingTaskGroup(of: Bool.self) { tasks in
                    for index in 0..<1000 {
                        tasks.addTask { try await client.get("\(base)/\(index)").text == "/\(index)" }
                    }
                    return try await tasks.reduce(into: 0) { $0 += $1 ? 1 : 0 }
                }
                #expect(good == 1000)
                let connections = Set(peers.all).count
                // These are all that were ever used. By prior knowledge (see FetchOpening) some are given up and replaced.
                #expect(connections <= (versions == .http1 ? 8 : 50), "of 1000 requests")
                if versions == .http1 { #expect(level.peak <= 8) }
                print("\(versions): \(connections) connections, at most \(level.peak) exchanges at once")
            }
        }

        /// What shares a connection ends when its last byte has come, and not with the next PING: see `SharedConnection`.
        @Test(arguments: [true, false]) func sharedConnectionsEndAtOnce(_ saysLength: Bool) async throws {
            try await withFetch(
                { $0.versions = .http2PriorKnowledge },
                handler: { _ in
                    HTTPResponse(
                        status: 200,
                        fields: saysLength ? ["content-length": "786432"] : [:],
                        body: .stream { writer in
                            let chunk = [UInt8](repeating: 7, count: 48 << 10)
                            for _ in 0..<16 { try await writer.write(chunk) }
                        }
                    )
                }
            ) { (client, base, _) async throws -> Void in
                for round in 0..<40 {
                    await crowd(of: 8) { index in
                        // The server's PING comes after 15 seconds.
                        let error = await client.failure("\(base)/\(round)/\(index)", deadline: soon(.seconds(12)))
                        #expect(error == nil, "round \(round)")
                    }
                }
            }
        }

        @Test(arguments: [FetchClientConfiguration.Versions.http1, .http2PriorKnowledge])
        func streamsMuchInLittleMemory(_ versions: FetchClientConfiguration.Versions) async throws {
            let sent = Mutex(0)
            try await withFetch(
                { $0.versions = versions },
                handler: { _ in
                    HTTPResponse(
                        status: 200,
                        body: .stream { writer in
                            let chunk = [UInt8](repeating: 7, count: 64 << 10)
                            for _ in 0..<3200 {
                                try await writer.write(chunk)
                                sent.withLock { $0 += chunk.count }
                            }
                        }
                    )
                }
            ) { (client, base, group) async throws -> Void in
                let loop = group.loops[0]
                let before = Memory.residentKilobytes()
                let (total, ahead, resident) = try await loop.run {
                    try await client.withResponse(to: request(base)) { response in
                        var total = 0
                        var ahead = 0
                        var resident = 0
                        var isFirst = true
                        for try await chunk in response.body {
                            // A reader that stops holds up the sender: it stands still as well, after a while.
                            var seen = -1
                            while isFirst, seen != sent.withLock({ $0 }) {
                                seen = sent.withLock { $0 }
                                try await loop.sleep(for: .milliseconds(250))
                            }
                            isFirst = false
                            let isMegabyte = (total + chunk.count) >> 20 != total >> 20
                            total += chunk.count
                            // All that is between the two: in the server, in the system, and in the client.
                            ahead = max(ahead, sent.withLock { $0 } - total)
                            if isMegabyte { resident = max(resident, Memory.residentKilobytes()) }
                        }
                        return (total, ahead, resident)
                    }
                }
                #expect(total == 3200 * 64 << 10)
                #expect(ahead < 32 << 20, "\(ahead) bytes were sent to a reader that had not read them")
                // A third of what came; the buffers take some MB.
                #expect(resident - before < 64 << 10, "resident memory grew by \(resident - before) KB")
                print(
                    "\(versions): 200 MB read, at most \(ahead >> 10) KB on the way, \(resident - before) KB of memory"
                )
            }
        }

        @Test func tooManyWaitingAreRefused() async throws {
            let gate = Gate()
            try await withFetch(
                {
                    $0.connectionsPerHost = 1
                    $0.maximumWaiting = 2
                },
                loops: 1,
                handler: { _ in
                    try? await gate.opened()
                    return .text("")
                }
            ) { (client, base, _) async throws -> Void in
                let codes = await withTaskGroup(of: FetchError.Code?.self) { tasks in
                    for _ in 0..<5 { tasks.addTask { await client.failure(base, deadline: soon(.seconds(60)))?.code } }
                    var codes: [FetchError.Code?] = []
                    for await code in tasks {
                        codes.append(code)
                        // Nobody is answered before those that are too many have been refused.
                        if codes.count == 2 { gate.open() }
                    }
                    return codes
                }
                #expect(codes == [.overloaded, .overloaded, nil, nil, nil])
            }
        }

        @Test func whoWaitsGivesUpInTime() async throws {
            let gate = Gate()
            let seen = Seen()
            try await withFetch(
                { $0.connectionsPerHost = 1 },
                loops: 1,
                handler: { request in
                    seen.add(request.head.target)
                    try? await gate.opened()
                    return .text("")
                }
            ) { (client, base, _) async throws -> Void in
                async let first = client.failure("\(base)/first")
                while seen.count == 0 { try await Task.sleep(for: .milliseconds(1)) }
                let second = await client.failure("\(base)/second", deadline: soon(.milliseconds(50)))
                #expect(second?.code == .deadlineExceeded, "while the first is still there")
                gate.open()
                #expect(await first == nil)
                #expect(await client.failure("\(base)/third") == nil, "the next gets its turn")
                #expect(seen.all == ["/first", "/third"])
            }
        }
    }
}

/// Holds up the handlers of a server until the test opens it.
private final class Gate: Sendable {
    private let isOpen = Atomic(false)

    func open() { isOpen.store(true, ordering: .releasing) }

    func opened() async throws {
        while !isOpen.load(ordering: .acquiring) { try await EventLoop.current?.sleep(for: .milliseconds(1)) }
    }
}
