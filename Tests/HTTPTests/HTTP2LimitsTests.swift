import Reactor
import Synchronization
import Testing

@testable import HTTP

/// What a connection does when its time has come, and how much of what nobody takes it keeps.
@Suite(.serialized, .timeLimit(.minutes(2))) struct HTTP2LimitsTests {
    /// Answers `/waits` when the gate opens.
    private func waiting(_ gate: Gate) -> HTTPHandler {
        { request in
            if request.head.path == "/waits" { await gate.pass() }
            return .text("served")
        }
    }

    @Test func anOldConnectionIsAskedToEndInOrder() async throws {
        let gate = Gate()
        defer { gate.open() }
        let young = Duration.milliseconds(300)
        try await withServer({ $0.maximumConnectionAge = young }, handler: waiting(gate)) { address, server in
            let client = try RawClient(address)
            client.beginHTTP2()
            client.get("/waits", on: 1)
            #expect(try client.frame(except: RawFrame.settings, RawFrame.windowUpdate).number == 0x7FFF_FFFF)
            let ping = try client.frame()
            #expect(ping.type == RawFrame.ping && ping.flags == 0)
            // On its way when the first was sent: it is served, and the last stream of the second.
            client.get("/now", on: 3)
            client.send(RawFrame(type: RawFrame.ping, flags: 1, body: ping.body))
            var seen: [RawFrame] = []
            while seen.last?.type != RawFrame.goaway { seen.append(try client.frame(except: RawFrame.data)) }
            #expect(seen.last?.number == 3)
            #expect(server.connectionCount == 1)
            gate.open()
            while client.fill() {}
            // It ends with its last stream, which the server counts a moment after its client sees it.
            while server.connectionCount > 0 { try await Task.sleep(for: .milliseconds(5)) }
        }
    }

    @Test func theAnswerToTheFirstGoawayIsNotWaitedForForEver() async throws {
        let gate = Gate()
        defer { gate.open() }
        try await withServer({ $0.maximumConnectionAge = .milliseconds(100) }, handler: waiting(gate)) { address, _ in
            let client = try RawClient(address)
            client.beginHTTP2()
            client.get("/waits", on: 1)
            #expect(try client.frame(except: RawFrame.settings, RawFrame.windowUpdate).number == 0x7FFF_FFFF)
            let begun = MonotonicTime.now()
            let last = try client.frame(except: RawFrame.ping)
            #expect(last.type == RawFrame.goaway && last.number == 1)
            #expect(begun.duration(to: .now()) > .seconds(4))
        }
    }

    @Test func itsStreamsHaveATimeToEnd() async throws {
        let gate = Gate()
        defer { gate.open() }
        try await withServer(
            {
                $0.maximumConnectionAge = .milliseconds(100)
                $0.connectionAgeGrace = .milliseconds(300)
            },
            handler: waiting(gate)
        ) { address, _ in
            let client = try RawClient(address)
            client.beginHTTP2()
            client.get("/waits", on: 1)
            while client.fill() {}
        }
    }

    @Test func aSilentPeerWithStreamsIsAsked() async throws {
        let gate = Gate()
        defer { gate.open() }
        try await withServer({ $0.keepAliveWithStreams = .milliseconds(200) }, handler: waiting(gate)) { address, _ in
            let client = try RawClient(address)
            client.beginHTTP2()
            client.get("/waits", on: 1)
            for _ in 0..<2 {
                let ping = try client.frame(except: RawFrame.settings, RawFrame.windowUpdate)
                #expect(ping.type == RawFrame.ping && ping.flags == 0)
                client.send(RawFrame(type: RawFrame.ping, flags: 1, body: ping.body))
            }
        }
    }

    /// What is worth less the longer it waits is not written before what is older is on its way.
    @Test func aWriterThatBuffersLittleWaits() async throws {
        let written = Mutex(0)
        try await withServer(handler: { _ in
            HTTPResponse(
                status: 200,
                body: .stream { writer in
                    for _ in 0..<100 {
                        try await writer.write([UInt8](repeating: 1, count: 1000), buffering: 8000)
                        written.withLock { $0 += 1 }
                    }
                }
            )
        }) { address, _ in
            let client = try RawClient(address)
            client.beginHTTP2(window: 0)
            client.get("/", on: 1)
            #expect(try client.frame(except: RawFrame.settings, RawFrame.windowUpdate).type == RawFrame.headers)
            // The handler goes as far as it can while this asks for a sign of life.
            client.send(RawFrame(type: RawFrame.ping, body: [UInt8](repeating: 7, count: 8)))
            #expect(try client.frame().type == RawFrame.ping)
            #expect(written.withLock { $0 } <= 9)
            client.openWindow(1, 1_000_000)
            client.openWindow(0, 1_000_000)
            var count = 0
            while count < 100_000 { count += try client.frame(except: RawFrame.windowUpdate).body.count }
            #expect(count == 100_000)
        }
    }
}
