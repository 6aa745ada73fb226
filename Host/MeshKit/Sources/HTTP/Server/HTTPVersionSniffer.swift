import Reactor
import TLS

/// Waits for the first bytes of a connection, which tell the version where TLS has not, and hands the socket on. Loop only.
final class HTTPVersionSniffer {
    /// What an HTTP/2 client with prior knowledge sends first (RFC 9113 §3.4).
    static let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)

    let stream: ByteStream
    private let timeout: Duration
    private let drainGrace: Duration
    private var start: [UInt8] = []
    private var timer: LoopTimer?
    private var found: ((_ isHTTP2: Bool, _ bytes: UnsafeRawBufferPointer) -> Void)?
    private var ended: (() -> Void)?

    init(stream: ByteStream, timeout: Duration, drainGrace: Duration) {
        self.stream = stream
        self.timeout = timeout
        self.drainGrace = drainGrace
    }

    /// Starts reading. Exactly one of the two closures is called, once: `found` with everything read so far, or `ended`
    /// if the connection closes before.
    func begin(
        _ found: @escaping (_ isHTTP2: Bool, _ bytes: UnsafeRawBufferPointer) -> Void,
        ended: @escaping () -> Void
    ) {
        self.found = found
        self.ended = ended
        stream.delegate = self
        timer = stream.loop.schedule(after: timeout) { [weak self] in self?.stream.close() }
        stream.start()
    }

    /// Whether bytes are the start of HTTP/2; `nil` while they are too few to tell.
    static func isHTTP2(_ bytes: UnsafeRawBufferPointer) -> Bool? {
        guard zip(bytes, preface).allSatisfy({ $0 == $1 }) else { return false }
        return bytes.count >= preface.count ? true : nil
    }

    /// As the two agreed in TLS, or as the bytes say.
    private func version(_ bytes: UnsafeRawBufferPointer) -> Bool? {
        switch (stream.layer as? TLSLayer)?.negotiated {
        case .http2?: true
        case .http1?: false
        case nil: Self.isHTTP2(bytes)
        }
    }

    private func look(_ bytes: UnsafeRawBufferPointer) {
        guard let isHTTP2 = version(bytes), let found else { return }
        self.found = nil
        ended = nil
        timer?.cancel()
        found(isHTTP2, bytes)
    }
}

extension HTTPVersionSniffer: ByteStreamDelegate {
    func received(_ bytes: UnsafeRawBufferPointer) {
        guard start.isEmpty, version(bytes) != nil else {
            start.append(contentsOf: bytes)
            return start.withUnsafeBytes { look($0) }
        }
        look(bytes)
    }

    func receivedEnd() {
        stream.close()
    }

    func closed(_ error: SystemError?) {
        timer?.cancel()
        let ended = ended
        self.ended = nil
        found = nil
        ended?()
    }
}

extension HTTPVersionSniffer: HTTPServerConnection {
    /// Nothing was asked of this connection yet, but it was made to ask something.
    func drain() {
        timer?.cancel()
        timer = stream.loop.schedule(after: drainGrace) { [weak self] in self?.stream.close() }
    }

    func close() {
        stream.close()
    }
}
