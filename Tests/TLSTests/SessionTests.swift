import Testing

@testable import TLS

@Suite("TLS: two sessions without sockets")
struct SessionTests {
    @Test("Both know each other after the handshake, and what is spoken", arguments: [1, 7, 64 << 10])
    func mutual(step: Int) throws {
        let pair = try SessionPair(client: "wallet", server: "profile")
        try pair.shakeHands(step: step)
        #expect(pair.client.session.state == .open)
        #expect(pair.server.session.state == .open)
        #expect(pair.server.session.peer?.services == ["wallet"])
        #expect(pair.client.session.peer?.hosts == ["profile.lonja.svc", "profile"])
        #expect(pair.client.session.peer?.services == ["profile"])
        #expect(pair.client.session.peer?.uris == ["spiffe://lonja/profile"])
        #expect(pair.client.session.negotiated == .http2)
        #expect(pair.server.session.negotiated == .http2)
    }

    @Test("Bytes arrive as they were sent, both ways, however they are cut", arguments: [1, 1000, 64 << 10])
    func transfer(step: Int) throws {
        let pair = try SessionPair(client: "wallet", server: "profile")
        try pair.shakeHands()
        let size = step == 1 ? 40_000 : 3 << 20
        let up = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        let down = up.reversed() as [UInt8]
        try pair.client.seal(up)
        try pair.server.seal(down)
        pair.settle(step: step)
        #expect(pair.server.plaintext == up)
        #expect(pair.client.plaintext == down)
    }

    /// A fast upload to a server that has something else to do.
    @Test("What comes in one piece with the end of the handshake is plaintext, however much", arguments: [1, 60, 3000])
    func early(kilobytes: Int) throws {
        let pair = try SessionPair(client: "wallet", server: "profile")
        let (client, server) = (pair.client, pair.server)
        try client.session.begin(&client.outgoing)
        server.incoming = client.outgoing
        client.outgoing = []
        server.takeIncoming(step: 64 << 10)
        client.incoming = server.outgoing
        server.outgoing = []
        client.takeIncoming(step: 64 << 10)
        #expect(client.session.state == .open && server.session.state == .handshaking)
        let bytes = (0..<(kilobytes << 10)).map { UInt8(truncatingIfNeeded: $0 &* 13) }
        try client.seal(bytes)
        server.incoming = client.outgoing
        server.takeIncoming(step: 64 << 10)
        #expect(server.error == nil)
        #expect(server.session.state == .open && server.plaintext == bytes)
    }

    @Test("The end is said, and a connection that ends without it was cut off")
    func end() throws {
        let pair = try SessionPair(client: "wallet", server: "profile")
        try pair.shakeHands()
        try pair.client.seal([1, 2, 3])
        pair.client.session.end(&pair.client.outgoing)
        pair.settle()
        #expect(pair.server.plaintext == [1, 2, 3])
        #expect(pair.server.sawEnd)
        try pair.server.session.connectionEnded()
        #expect(throws: TLSError(.truncated, "the peer ended the connection without saying so")) {
            try pair.client.session.connectionEnded()
        }
    }

    @Test("The other side can still be sent something after it has said the end")
    func halfClosed() throws {
        let pair = try SessionPair(client: "wallet", server: "profile")
        try pair.shakeHands()
        pair.client.session.end(&pair.client.outgoing)
        pair.settle()
        try pair.server.seal([7])
        pair.settle()
        #expect(pair.client.plaintext == [7])
    }

    @Test("A connection that ends in the handshake was cut off")
    func endInHandshake() throws {
        let pair = try SessionPair(client: "wallet", server: "profile")
        try pair.client.session.begin(&pair.client.outgoing)
        #expect(throws: TLSError.self) { try pair.client.session.connectionEnded() }
    }

    @Test("An idle session keeps nothing of what was sent")
    func keepsNothing() throws {
        let pair = try SessionPair(client: "wallet", server: "profile")
        try pair.shakeHands()
        try pair.client.seal([UInt8](repeating: 1, count: 1 << 20))
        pair.settle()
        #expect(pair.server.plaintext.count == 1 << 20)
        #expect(pair.client.outgoing.isEmpty)
    }
}
