internal import Observe
package import Reactor

/// A session as what stands between a socket and its stream. Loop only.
package final class TLSLayer: StreamLayer {
    private let session: TLSSession
    /// Hears once how the handshake ended.
    private var ended: ((TLSError?) -> Void)?
    package let handshakeTimeout: Duration

    /// - Parameter ended: hears once how the handshake ended: nil for well.
    package init(_ session: TLSSession, handshakeTimeout: Duration, ended: @escaping (TLSError?) -> Void) {
        self.session = session
        self.handshakeTimeout = handshakeTimeout
        self.ended = ended
    }

    /// Who the peer is, once the handshake is over; nil if it showed no certificate.
    package var peer: PeerIdentity? { session.peer }
    /// What was agreed to be spoken.
    package var negotiated: TLSConfiguration.ApplicationProtocol? { session.negotiated }

    /// How long both certificates are good, at least a minute; for a connection that is to end in order before that.
    package var timeLeft: Duration {
        let ends = [session.context.expiry, session.peerExpiry].compactMap { $0?.secondsSinceEpoch }
        guard let first = ends.min() else { return .seconds(60) }
        return .seconds(max(60, first - WallTime.now().secondsSinceEpoch))
    }

    package var isOpen: Bool { session.state == .open || session.state == .ended }

    package func begin(_ output: inout [UInt8]) throws(SystemError) {
        do throws(TLSError) {
            try session.begin(&output)
        } catch {
            throw told(error)
        }
    }

    package func receive(
        _ input: inout UnsafeRawBufferPointer,
        into space: UnsafeMutableRawBufferPointer,
        _ output: inout [UInt8]
    ) throws(SystemError) -> StreamLayerInput {
        do throws(TLSError) {
            switch try session.receive(&input, into: space, &output) {
            case .plaintext(let count): return .plaintext(count)
            case .needsMore: return .needsMore
            case .end: return .end
            case .opened:
                tell(nil)
                return .opened
            }
        } catch {
            throw told(error)
        }
    }

    package func seal(_ bytes: UnsafeRawBufferPointer, _ output: inout [UInt8]) throws(SystemError) {
        do throws(TLSError) {
            try session.seal(bytes, &output)
        } catch {
            throw told(error)
        }
    }

    package func end(_ output: inout [UInt8]) {
        session.end(&output)
    }

    package func connectionEnded() throws(SystemError) {
        do throws(TLSError) {
            try session.connectionEnded()
        } catch {
            throw told(error)
        }
    }

    package func closed(_ error: SystemError?) {
        tell(TLSError(.timeout, error.map { "\($0)" } ?? "the connection was closed in the handshake"))
    }

    private func told(_ error: TLSError) -> SystemError {
        tell(error)
        return SystemError(protocolBroken: "TLS: \(error)")
    }

    private func tell(_ error: TLSError?) {
        let ended = ended
        self.ended = nil
        ended?(error)
    }
}
