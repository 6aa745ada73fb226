import Testing

@testable import TLS

@Suite("TLS: who is refused, and why")
struct RefusalTests {
    @Test(
        "A client refuses a server, says why, and the server hears it",
        arguments: [
            ("expired", TLSError.Reason.expired, "our certificate has expired"),
            ("foreign", .unknownAuthority, "our certificate is of an authority that it does not trust"),
            ("self", .selfSigned, "our certificate is of an authority that it does not trust"),
            ("wallet", .wrongName, "it does not accept our certificate"),
            ("clientOnly", .badCertificate, "it does not accept our certificate"),
        ]
    )
    func server(certificate: String, reason: TLSError.Reason, heard: String) throws {
        let pair = try SessionPair(client: "wallet", server: certificate)
        try pair.shakeHands()
        #expect(pair.client.error?.reason == reason, "\(String(describing: pair.client.error))")
        #expect(pair.server.error?.reason == .refusedByPeer)
        #expect(pair.server.error?.description == "the peer refused: \(heard)")
    }

    @Test(
        "A server refuses a client, says why, and the client hears it",
        arguments: [
            (String?.none, TLSError.Reason.noCertificate, "it wants a certificate"),
            ("expired", .expired, "our certificate has expired"),
            ("foreign", .unknownAuthority, "our certificate is of an authority that it does not trust"),
            ("self", .selfSigned, "our certificate is of an authority that it does not trust"),
        ]
    )
    func client(certificate: String?, reason: TLSError.Reason, heard: String) throws {
        let pair = try SessionPair(client: certificate, server: "profile")
        try pair.shakeHands()
        #expect(pair.server.error?.reason == reason, "\(String(describing: pair.server.error))")
        #expect(pair.client.error?.reason == .refusedByPeer)
        #expect(pair.client.error?.description == "the peer refused: \(heard)")
    }

    @Test("Hosts are checked by name and by address")
    func hosts() throws {
        for (host, reason) in [
            ("localhost", nil), ("127.0.0.1", nil), ("other.example", TLSError.Reason.wrongName),
            ("127.0.0.2", .wrongName),
        ] {
            let pair = try SessionPair(client: "wallet", server: "host", name: .host(host))
            try pair.shakeHands()
            #expect(pair.client.error?.reason == reason, "\(host)")
            #expect((pair.client.session.state == .open) == (reason == nil))
        }
    }

    @Test("A client that knows old versions alone is refused, and told the reason")
    func versions() throws {
        let server = try SessionPair(client: "wallet", server: "profile").server
        server.incoming = Self.oldHello
        server.takeIncoming(step: 1000)
        #expect(server.error?.reason == .protocolTooOld, "\(String(describing: server.error))")
        // An alert, which names the version.
        #expect(server.outgoing.first == 21)
        #expect(server.outgoing.last == 70)
    }

    @Test(
        "Who does not speak TLS is refused at the first byte",
        arguments: ["P", "GET / HTTP/1.1\r\n\r\n", "\u{0}\u{0}"]
    )
    func plain(text: String) throws {
        let server = try SessionPair(client: "wallet", server: "profile").server
        server.incoming = Array(text.utf8)
        server.takeIncoming(step: 1000)
        #expect(server.error?.reason == .plainPeer)
        #expect(server.outgoing.isEmpty)
    }

    @Test("A server that does not speak TLS is refused by its client")
    func plainServer() throws {
        let client = try SessionPair(client: "wallet", server: "profile").client
        try client.session.begin(&client.outgoing)
        client.incoming = [0, 0, 18, 4, 0, 0, 0, 0, 0]
        client.takeIncoming(step: 1000)
        #expect(client.error?.reason == .plainPeer)
    }

    @Test("Rubbish in place of records is refused", arguments: [0, 1, 2, 3])
    func rubbish(seed: UInt8) throws {
        let server = try SessionPair(client: "wallet", server: "profile").server
        server.incoming = [22, 3, 1, 0, 80] + (0..<80).map { UInt8(truncatingIfNeeded: $0 &* 37) ^ seed }
        server.takeIncoming(step: 1000)
        #expect(server.error?.reason == .malformed)
    }

    @Test("Records that were touched on the way are refused", arguments: [0, 5, 20])
    func touched(position: Int) throws {
        let pair = try SessionPair(client: "wallet", server: "profile")
        try pair.shakeHands()
        try pair.client.seal([1, 2, 3])
        pair.client.outgoing[position] ^= 0x40
        pair.settle()
        #expect(pair.server.error?.reason == .malformed)
        #expect(pair.server.plaintext.isEmpty)
    }

    @Test("What came before a broken record is handed on")
    func beforeBroken() throws {
        let pair = try SessionPair(client: "wallet", server: "profile")
        try pair.shakeHands()
        try pair.client.seal([1, 2, 3])
        let first = pair.client.outgoing.count
        try pair.client.seal([4, 5, 6])
        pair.client.outgoing[first + 8] ^= 1
        pair.settle()
        #expect(pair.server.plaintext == [1, 2, 3])
        #expect(pair.server.error?.reason == .malformed)
    }

    @Test("A protocol in TLS must be agreed on")
    func applicationProtocol() throws {
        let certificates = try TestCertificates.shared()
        var client = try certificates.configuration(.client, "wallet")
        client.protocols = [.http1]
        let other = try SessionPair(client, certificates.configuration(.mutualServer, "profile"))
        try other.shakeHands()
        #expect(other.server.error?.reason == .noApplicationProtocol)
        #expect(other.client.error?.description == "the peer refused: it speaks another protocol in TLS (ALPN)")

        client.protocols = []
        client.requiresProtocol = false
        let none = try SessionPair(client, certificates.configuration(.mutualServer, "profile"))
        try none.shakeHands()
        #expect(none.server.error?.reason == .noApplicationProtocol)
    }

    @Test("A public server takes who asks for no protocol, and the better of two")
    func publicProtocols() throws {
        let certificates = try TestCertificates.shared()
        var server = try certificates.configuration(.publicServer, "host")
        server.protocols = [.http2, .http1]
        server.requiresProtocol = false
        for (asked, got) in [
            ([], nil),
            ([TLSConfiguration.ApplicationProtocol.http1, .http2], TLSConfiguration.ApplicationProtocol.http2),
            ([.http1], .http1),
        ] {
            var client = try certificates.configuration(.client, nil)
            client.protocols = asked
            client.requiresProtocol = false
            let pair = try SessionPair(client, server, name: .host("localhost"))
            try pair.shakeHands()
            #expect(pair.server.session.state == .open)
            #expect(pair.server.session.negotiated == got)
            #expect(pair.client.session.negotiated == got)
            #expect(pair.server.session.peer == nil)
        }
    }

    @Test("A handshake without end is cut off")
    func endlessHandshake() throws {
        let server = try SessionPair(client: "wallet", server: "profile").server
        // A first message that announces 100,000 bytes, in records of 16 KiB.
        let message = [1, 1, 0x86, 0xA0, 3, 3] + [UInt8](repeating: 0, count: 100_000)
        var bytes: [UInt8] = []
        for start in stride(from: 0, to: 6 << 14, by: 1 << 14) {
            bytes += [22, 3, 1, 0x40, 0] + message[start..<(start + (1 << 14))]
        }
        server.incoming = bytes
        server.takeIncoming(step: 8 << 10)
        #expect(server.error != nil)
    }

    /// ClientHello of TLS 1.0 (RFC 2246 §7.4.1.2) with one cipher.
    private static var oldHello: [UInt8] {
        let body: [UInt8] = [3, 1] + [UInt8](repeating: 9, count: 32) + [0, 0, 2, 0xC0, 0x13, 1, 0]
        let message: [UInt8] = [1, 0, 0, UInt8(body.count)] + body
        return [22, 3, 1, 0, UInt8(message.count)] + message
    }
}
