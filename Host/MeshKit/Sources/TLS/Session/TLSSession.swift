internal import CSystemSSL
package import Observe

/// One side of one TLS connection: bytes of the peer in, plaintext out, and the other way round. Does no I/O and knows no
/// clock. Owns the SSL. One thread at a time.
package final class TLSSession {
    /// handshaking → open → ended; all → failed. What was written before `open` is the caller's to keep.
    package enum State: Equatable {
        case handshaking
        case open
        /// The peer has said that it sends no more.
        case ended
        case failed(TLSError)
    }

    /// What came of bytes of the peer.
    package enum Received: Equatable {
        /// So many bytes of plaintext; there may be more.
        case plaintext(Int)
        /// The handshake is over; there may be more.
        case opened
        /// All was taken, more is needed.
        case needsMore
        /// The peer sends no more.
        case end
    }

    /// Bytes of a handshake, at the most; a chain of long certificates takes a fifth of it.
    static let handshakeLimit = 64 << 10
    /// New keys that a peer may make at once, and after each of so many bytes one more.
    static let keyUpdates = (burst: 16, bytes: 64 << 10)

    package let context: TLSContext
    /// Where it is.
    package private(set) var state = State.handshaking
    /// Who the peer is, by the certificate that it showed; nil before the handshake is over, or without one.
    package private(set) var peer: PeerIdentity?
    /// When the peer's certificate ends.
    package private(set) var peerExpiry: WallTime?
    /// What was agreed to be spoken; nil for nothing.
    package private(set) var negotiated: TLSConfiguration.ApplicationProtocol?

    private let name: TLSName?
    private var pointer: OpaquePointer?
    private var input = UnsafeRawBufferPointer(start: nil, count: 0)
    private var output: [UInt8] = []
    private var received = 0
    private var newKeys = 0
    private var abuse: String?
    private var sentEnd = false
    /// What came behind plaintext that had to be handed on first.
    private var later: Result<Received, TLSError>?

    /// A session before its handshake.
    /// - Parameter name: whom a client means; a server has none.
    package init(_ context: TLSContext, name: TLSName? = nil) throws(TLSError) {
        self.context = context
        self.name = name
        precondition((name != nil) == (context.role == .client), "a client, and nobody else, means somebody")
        guard let made = SSL_new(context.pointer) else { throw TLSError(.library, "OpenSSL makes no session") }
        pointer = made
        guard let pipe = TLSPipe.shared.make(self) else { throw TLSError(.library, "OpenSSL makes no pipe") }
        // One reference for both directions.
        SSL_set_bio(made, pipe, pipe)
        SSL_set_ex_data(made, 0, Unmanaged.passUnretained(self).toOpaque())
        switch name {
        case nil: SSL_set_accept_state(made)
        case .service(let service):
            SSL_set_connect_state(made)
            mesh_ssl_set_server_name(made, service)
        case .host(let host):
            SSL_set_connect_state(made)
            let parameters = SSL_get0_param(made)
            if X509_VERIFY_PARAM_set1_ip_asc(parameters, host) != 1 {
                ERR_clear_error()
                guard SSL_set1_host(made, host) == 1 else { throw TLSError(.library, "\(host) is no name of a host") }
                mesh_ssl_set_server_name(made, host)
            }
        }
    }

    deinit {
        SSL_free(pointer)
    }

    // MARK: Input and output

    /// A client's first message.
    package func begin(_ output: inout [UInt8]) throws(TLSError) {
        var nothing = UnsafeRawBufferPointer(start: nil, count: 0)
        _ = try lending(&nothing, &output) { () throws(TLSError) in try shakeHands() }
    }

    /// Takes bytes of the peer: off the front of `input`, as far as they make one of the results.
    /// - Parameters:
    ///   - space: for the plaintext.
    ///   - output: what the peer is to be sent is added to it; also when an error is thrown, which the peer is to know.
    package func receive(
        _ input: inout UnsafeRawBufferPointer,
        into space: UnsafeMutableRawBufferPointer,
        _ output: inout [UInt8]
    ) throws(TLSError) -> Received {
        switch state {
        case .failed(let error): throw error
        case .ended: return .end
        case .handshaking, .open: break
        }
        if let later {
            self.later = nil
            return try later.get()
        }
        if received == 0, let first = input.first, !isRecord(first) {
            throw fail(TLSError(.plainPeer, "the peer does not speak TLS"))
        }
        let offered = input.count
        defer { received += offered - input.count }
        return try lending(&input, &output) { () throws(TLSError) in
            if state == .open { return try read(into: space) }
            let result = try shakeHands()
            // What it has taken, not what came: a client that does not wait has sent its request behind its last message.
            guard state != .handshaking || received + offered - self.input.count <= Self.handshakeLimit else {
                throw fail(TLSError(.timeout, "the peer's handshake has too many bytes"))
            }
            return result
        }
    }

    /// Seals plaintext; the handshake is over. The peer is to be sent what is added to `output`.
    package func seal(_ plaintext: UnsafeRawBufferPointer, _ output: inout [UInt8]) throws(TLSError) {
        if case .failed(let error) = state { throw error }
        precondition(state != .handshaking, "nothing is sealed before the handshake")
        guard !plaintext.isEmpty else { return }
        guard !sentEnd else { throw fail(TLSError(.library, "something was written after the end")) }
        var nothing = UnsafeRawBufferPointer(start: nil, count: 0)
        try lending(&nothing, &output) { () throws(TLSError) in
            ERR_clear_error()
            // The pipe takes everything, so OpenSSL does.
            let count = SSL_write(pointer, plaintext.baseAddress, Int32(clamping: plaintext.count))
            guard count == plaintext.count else { throw fail(TLSFailure.error(of: pointer, count, context.role)) }
        }
    }

    /// Says that nothing more is sent (close_notify).
    package func end(_ output: inout [UInt8]) {
        guard state == .open || state == .ended, !sentEnd else { return }
        sentEnd = true
        var nothing = UnsafeRawBufferPointer(start: nil, count: 0)
        lending(&nothing, &output) {
            ERR_clear_error()
            SSL_shutdown(pointer)
            ERR_clear_error()
        }
    }

    /// The connection has ended: whether the peer had said so. The error is what a connection that ends so is to fail with.
    package func connectionEnded() throws(TLSError) {
        switch state {
        case .ended: return
        case .failed(let error): throw error
        case .handshaking: throw fail(TLSError(.truncated, "the peer ended the connection in the handshake"))
        case .open: throw fail(TLSError(.truncated, "the peer ended the connection without saying so"))
        }
    }

    // MARK: Private

    /// Whether TLS can begin so: with a message of the handshake, or at a client with an alert.
    private func isRecord(_ first: UInt8) -> Bool {
        first == UInt8(SSL3_RT_HANDSHAKE) || context.role == .client && first == UInt8(SSL3_RT_ALERT)
    }

    private func shakeHands() throws(TLSError) -> Received {
        ERR_clear_error()
        let result = SSL_do_handshake(pointer)
        if let abuse { throw fail(TLSError(.abuse, abuse)) }
        guard result == 1 else {
            if SSL_get_error(pointer, result) == SSL_ERROR_WANT_READ { return .needsMore }
            throw fail(TLSFailure.error(of: pointer, result, context.role))
        }
        if let certificate = SSL_get1_peer_certificate(pointer) {
            let certificate = TLSCertificate(owning: certificate)
            peer = certificate.identity
            peerExpiry = certificate.expiry
        }
        var (start, count): (UnsafePointer<UInt8>?, UInt32) = (nil, 0)
        SSL_get0_alpn_selected(pointer, &start, &count)
        let text = String(decoding: UnsafeBufferPointer(start: start, count: Int(count)), as: UTF8.self)
        negotiated = TLSConfiguration.ApplicationProtocol(rawValue: text)
        if context.requiresProtocol, negotiated == nil {
            throw fail(TLSError(.noApplicationProtocol, "the peer does not agree on a protocol in TLS (ALPN)"))
        }
        state = .open
        return .opened
    }

    private func read(into space: UnsafeMutableRawBufferPointer) throws(TLSError) -> Received {
        var filled = 0
        while filled < space.count {
            ERR_clear_error()
            let rest = UnsafeMutableRawBufferPointer(rebasing: space[filled...])
            let count = SSL_read(pointer, rest.baseAddress, Int32(clamping: rest.count))
            if let abuse { throw fail(TLSError(.abuse, abuse)) }
            guard count <= 0 else {
                filled += Int(count)
                continue
            }
            let result: Result<Received, TLSError> = noPlaintext(count)
            guard filled > 0 else { return try result.get() }
            later = result
            break
        }
        return .plaintext(filled)
    }

    private func noPlaintext(_ count: Int32) -> Result<Received, TLSError> {
        switch SSL_get_error(pointer, count) {
        case SSL_ERROR_WANT_READ: return .success(.needsMore)
        case SSL_ERROR_ZERO_RETURN:
            state = .ended
            return .success(.end)
        default: return .failure(fail(TLSFailure.error(of: pointer, count, context.role)))
        }
    }

    @discardableResult
    private func fail(_ error: TLSError) -> TLSError {
        state = .failed(error)
        return error
    }

    /// Lends both ends to OpenSSL for one call.
    private func lending<Result, Failure: Error>(
        _ input: inout UnsafeRawBufferPointer,
        _ output: inout [UInt8],
        _ body: () throws(Failure) -> Result
    ) throws(Failure) -> Result {
        self.input = input
        swap(&self.output, &output)
        defer {
            input = self.input
            self.input = UnsafeRawBufferPointer(start: nil, count: 0)
            swap(&self.output, &output)
        }
        return try body()
    }

    // MARK: Called by OpenSSL

    func lend(_ space: UnsafeMutableRawBufferPointer) -> Int {
        let count = min(space.count, input.count)
        guard count > 0 else { return 0 }
        space.copyMemory(from: UnsafeRawBufferPointer(rebasing: input[..<count]))
        input = UnsafeRawBufferPointer(rebasing: input[count...])
        return count
    }

    func take(_ bytes: UnsafeRawBufferPointer) {
        output.append(contentsOf: bytes)
    }

    /// Whether a peer's certificate names whom we meant. Hosts OpenSSL checks by itself.
    func accepts(_ certificate: OpaquePointer) -> Bool {
        guard case .service(let service)? = name else { return true }
        return PeerIdentity(certificate: certificate).services.contains(service)
    }

    func heard(message: UInt8) {
        guard state != .handshaking else { return }
        if message == UInt8(SSL3_MT_KEY_UPDATE) {
            newKeys += 1
            if newKeys > Self.keyUpdates.burst + received / Self.keyUpdates.bytes {
                abuse = "the peer changes its keys all the time"
            }
        } else if message == UInt8(SSL3_MT_CLIENT_HELLO) || message == UInt8(SSL3_MT_HELLO_REQUEST) {
            abuse = "the peer wants a new handshake"
        }
    }
}
