import Glibc
import Logging
import Observe
import Reactor
import Testing

@testable import HTTP

/// Who is cut off again and again is not let in, over the wire.
@Suite(.serialized, .timeLimit(.minutes(2))) struct PenaltyTests {
    private let metrics = MetricRegistry()

    private func box(sparing spared: @escaping @Sendable ([UInt8]) -> Bool = { _ in false }) -> PenaltyBox {
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        return PenaltyBox(AbuseMeter(metrics, logger: logger), sparing: spared)
    }

    /// One more connection that sends PING all the time: whether it was served until it was cut off.
    private func abuse(_ address: SocketAddress) throws -> Bool {
        let client = try RawClient(address)
        client.beginHTTP2()
        for _ in 0..<10 { client.send(RawFrame(type: RawFrame.ping, body: [UInt8](repeating: 1, count: 8))) }
        var last: RawFrame?
        while let frame = try? client.frame() { last = frame }
        return last?.type == RawFrame.goaway
    }

    /// Whether a new connection is served.
    private func isServed(_ address: SocketAddress) throws -> Bool {
        let client = try RawClient(address)
        client.beginHTTP2()
        client.get("/", on: 1)
        return (try? client.frame(except: RawFrame.settings, RawFrame.windowUpdate))?.type == RawFrame.headers
    }

    @Test func theFifthConnectionIsTurnedAway() async throws {
        let box = box()
        try await withServer({ $0.penalties = box }) { address, _ in
            let before = try RawClient(address)
            before.beginHTTP2()
            for _ in 0..<4 { try #expect(abuse(address)) }
            try #expect(!abuse(address), "it is served again")
            try #expect(!isServed(address))
            before.get("/", on: 1)
            let answer = try before.frame(except: RawFrame.settings, RawFrame.windowUpdate)
            #expect(answer.type == RawFrame.headers, "who was there before may share the address")
        }
        let text = metrics.prometheusText()
        #expect(text.contains("mesh_penalties_total{reason=\"pings\"} 1\n"), "\(text)")
        #expect(text.contains("mesh_http2_abuse_total{reason=\"penalty\"} 2\n"), "\(text)")
    }

    @Test func aProxyIsSpared() async throws {
        let box = box { $0 == [127, 0, 0, 1] }
        try await withServer({ $0.penalties = box }) { address, _ in
            for _ in 0..<8 { try #expect(abuse(address)) }
            try #expect(isServed(address))
        }
        #expect(!metrics.prometheusText().contains("mesh_penalties_total{"))
    }

    @Test func withoutABoxEverybodyMayComeBack() async throws {
        try await withServer { address, _ in
            for _ in 0..<8 { try #expect(abuse(address)) }
            try #expect(isServed(address))
        }
    }

    @Test func itEndsByItself() throws {
        let box = box()
        let peer = SocketAddress(parsing: "192.0.2.1:1")
        let now = MonotonicTime.now()
        for _ in 0..<4 { box.strike(peer, for: .rapidReset, at: now) }
        #expect(box.refuses(peer, at: now))
        #expect(box.refuses(SocketAddress(parsing: "192.0.2.1:2"), at: now), "whatever its port")
        #expect(!box.refuses(peer, at: now.advanced(by: .seconds(10))))
    }

    @Test func badLinesAreNoAbuse() throws {
        let box = box()
        let peer = SocketAddress(parsing: "192.0.2.1:1")
        let now = MonotonicTime.now()
        for reason in [HTTP2Abuse.slowReader, .slowStart, .silent, .slowHeaders, .settingsAcknowledgement] {
            for _ in 0..<100 { box.strike(peer, for: reason, at: now) }
        }
        #expect(!box.refuses(peer, at: now))
        for _ in 0..<100 { box.strike(SocketAddress(parsing: "unix:/tmp/x"), for: .pings, at: now) }
        #expect(!box.refuses(SocketAddress(parsing: "unix:/tmp/x"), at: now))
        #expect(!box.refuses(nil, at: now))
    }
}
