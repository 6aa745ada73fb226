public import Observe
internal import Synchronization

/// One use of certificates, as `rpc` or `http`: has the contexts that new connections get, and makes new ones when its
/// files change. Connections that exist stay with what they began with. Any thread.
public final class TLSSlot: Sendable {
    /// Who talks to whom.
    public enum Purpose: Sendable, Hashable {
        /// Services to each other, over HTTP/2: both sides show a certificate. TLS 1.3.
        case mutual
        /// A server for everybody. TLS 1.2 and 1.3.
        case publicServer
        /// A client that shows no certificate. TLS 1.2 and 1.3.
        case client
        /// A client of somebody else's server that speaks HTTP/2; shows a certificate if it has one. TLS 1.2 and 1.3.
        case foreignClient
    }

    /// What became of a look at the files.
    public enum Outcome: Sendable, Hashable {
        /// They are what they were.
        case unchanged
        /// New connections get what they have now.
        case replaced
        /// They changed and cannot be used: the old holds. Told once for each change.
        case refused(TLSError)
    }

    private struct State {
        var content: TLSFiles.Content?
        var server: TLSContext?
        var client: TLSContext?
        var refused: TLSFiles.Content?
        var couldNotRead: TLSError?
        var actions: [@Sendable () -> Void] = []
    }

    /// What metrics and logs call it.
    public let name: String
    /// Who talks to whom.
    public let purpose: Purpose
    /// How long a handshake may take.
    public let handshakeTimeout: Duration
    private let files: TLSFiles
    private let metrics: TLSMetrics?
    private let state: Mutex<State>
    private let reloading = Mutex<Void>(())

    /// Reads the files. Blocks.
    /// - Throws: `TLSError` for files that cannot be used.
    public init(
        _ name: String,
        _ purpose: Purpose,
        files: TLSFiles,
        metrics: TLSMetrics? = nil,
        handshakeTimeout: Duration = .seconds(10)
    ) throws(TLSError) {
        self.name = name
        self.handshakeTimeout = handshakeTimeout
        self.purpose = purpose
        self.files = files
        self.metrics = metrics
        let content = try files.read()
        var first = State(content: content)
        (first.server, first.client) = try Self.contexts(purpose, content)
        state = Mutex(first)
        metrics?.watch(self)
    }

    /// When the certificate of new connections ends; nil without one.
    public var expiry: WallTime? { state.withLock { $0.server?.expiry ?? $0.client?.expiry } }

    /// Whom the certificate of new connections names; nil without one.
    public var identity: PeerIdentity? { state.withLock { $0.server?.names ?? $0.client?.names } }

    /// Calls `action` after each replacement, on the thread of whoever looked.
    public func whenReplaced(_ action: @escaping @Sendable () -> Void) {
        state.withLock { $0.actions.append(action) }
    }

    /// Looks at the files once. Blocks.
    @discardableResult
    public func reload() -> Outcome {
        let outcome = reloading.withLock { _ in look() }
        switch outcome {
        case .unchanged: break
        case .replaced:
            metrics?.reloaded(name, "replaced")
            for action in state.withLock({ $0.actions }) { action() }
        case .refused: metrics?.reloaded(name, "refused")
        }
        return outcome
    }

    private func look() -> Outcome {
        let content: TLSFiles.Content
        do throws(TLSError) {
            content = try files.read()
        } catch {
            let isNew = state.withLock { state in
                defer { state.couldNotRead = error }
                return state.couldNotRead != error
            }
            return isNew ? .refused(error) : .unchanged
        }
        let isKnown = state.withLock { state in
            state.couldNotRead = nil
            if content == state.content { state.refused = nil }
            return content == state.content || content == state.refused
        }
        guard !isKnown else { return .unchanged }
        do throws(TLSError) {
            let (server, client) = try Self.contexts(purpose, content)
            state.withLock { state in
                state.content = content
                (state.server, state.client) = (server, client)
                state.refused = nil
            }
            return .replaced
        } catch {
            state.withLock { $0.refused = content }
            return .refused(error)
        }
    }

    private static func contexts(
        _ purpose: Purpose,
        _ content: TLSFiles.Content
    ) throws(TLSError) -> (server: TLSContext?, client: TLSContext?) {
        func configuration(_ role: TLSConfiguration.Role) -> TLSConfiguration {
            var configuration = TLSConfiguration(role)
            configuration.certificate = content.certificate
            configuration.key = content.key
            configuration.authorities = content.authorities
            configuration.oldest = purpose == .mutual ? .tls13 : .tls12
            switch purpose {
            case .mutual:
                configuration.protocols = [.http2]
                configuration.requiresProtocol = true
            case .publicServer: configuration.protocols = [.http2, .http1]
            case .client: break
            case .foreignClient:
                configuration.protocols = [.http2]
                configuration.requiresProtocol = true
            }
            return configuration
        }
        switch purpose {
        case .mutual:
            guard content.authorities != nil else { throw TLSError(.configuration, "mutual TLS needs authorities") }
            return (try TLSContext(configuration(.mutualServer)), try TLSContext(configuration(.client)))
        case .publicServer: return (try TLSContext(configuration(.publicServer)), nil)
        case .client, .foreignClient: return (nil, try TLSContext(configuration(.client)))
        }
    }

    // MARK: For connections

    /// The layer of a connection that was accepted.
    package func accept() throws(TLSError) -> TLSLayer {
        try layer(state.withLock { $0.server }, nil, "server")
    }

    /// The layer of a connection that is made, and whom it is to lead to.
    package func connect(to whom: TLSName) throws(TLSError) -> TLSLayer {
        try layer(state.withLock { $0.client }, whom, "client")
    }

    private func layer(_ context: TLSContext?, _ whom: TLSName?, _ side: String) throws(TLSError) -> TLSLayer {
        guard let context else { throw TLSError(.configuration, "\(name) has no certificate for a \(side)") }
        return TLSLayer(try TLSSession(context, name: whom), handshakeTimeout: handshakeTimeout) {
            [metrics, name] error in metrics?.shookHands(name, side, error)
        }
    }
}
