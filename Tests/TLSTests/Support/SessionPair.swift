@testable import TLS

/// A client and a server that talk to each other without sockets.
struct SessionPair {
    /// One of the two, with what has come for it.
    final class End {
        let session: TLSSession
        var incoming: [UInt8] = []
        var outgoing: [UInt8] = []
        var plaintext: [UInt8] = []
        var sawEnd = false
        var error: TLSError?

        init(_ session: TLSSession) { self.session = session }

        /// Takes what has come, `step` bytes at a time.
        func takeIncoming(step: Int) {
            var rest = incoming[...]
            incoming = []
            while !rest.isEmpty, error == nil, !sawEnd {
                take(Array(rest.prefix(step)))
                rest = rest.dropFirst(step)
            }
        }

        private func take(_ bytes: [UInt8]) {
            bytes.withUnsafeBytes { bytes in
                var input = UnsafeRawBufferPointer(rebasing: bytes[...])
                withUnsafeTemporaryAllocation(byteCount: 64 << 10, alignment: 16) { space in
                    while error == nil {
                        do throws(TLSError) {
                            switch try session.receive(&input, into: space, &outgoing) {
                            case .plaintext(let count): plaintext += space[..<count]
                            case .opened: continue
                            case .needsMore: return
                            case .end:
                                sawEnd = true
                                return
                            }
                        } catch {
                            self.error = error
                        }
                    }
                }
            }
        }

        func seal(_ bytes: [UInt8]) throws {
            try bytes.withUnsafeBytes { bytes in try session.seal(bytes, &outgoing) }
        }
    }

    let client: End
    let server: End

    init(_ client: TLSConfiguration, _ server: TLSConfiguration, name: TLSName = .service("profile")) throws {
        self.client = End(try TLSSession(try TLSContext(client), name: name))
        self.server = End(try TLSSession(try TLSContext(server)))
    }

    /// A client and a server with these certificates, as services among each other.
    init(client: String?, server: String, name: TLSName = .service("profile")) throws {
        let certificates = try TestCertificates.shared()
        try self.init(
            certificates.configuration(.client, client),
            certificates.configuration(.mutualServer, server),
            name: name
        )
    }

    /// Carries bytes to and fro until there are no more.
    func settle(step: Int = 64 << 10) {
        while !client.outgoing.isEmpty || !server.outgoing.isEmpty {
            carry(client, server, step)
            carry(server, client, step)
        }
    }

    func shakeHands(step: Int = 64 << 10) throws {
        try client.session.begin(&client.outgoing)
        settle(step: step)
    }

    private func carry(_ from: End, _ to: End, _ step: Int) {
        to.incoming += from.outgoing
        from.outgoing = []
        to.takeIncoming(step: step)
    }
}
