import Config
import Digest
import Fetch
import Logging
import Observe
import Plugin
import RPC
import Reactor
import Valkey

/// Logs people in at an OpenID Connect issuer, Google or another: the code flow with PKCE, state and nonce.
final class OIDCClient: Sendable {
    /// How long somebody may take at the issuer.
    static let flowLife = Duration.seconds(600)
    private static let longestNext = 2048

    private let configuration: OIDCConfiguration
    private let provider: OIDCProvider
    private let store: ValkeyClient
    private let now: @Sendable () -> WallTime

    init(
        _ configuration: OIDCConfiguration,
        store: ValkeyClient,
        group: EventLoopGroup,
        metrics: MetricRegistry? = nil,
        now: @escaping @Sendable () -> WallTime = WallTime.now
    ) {
        self.configuration = configuration
        self.store = store
        self.now = now
        provider = OIDCProvider(configuration, group: group, metrics: metrics, now: now)
    }

    /// The keys that are read.
    static var settings: [Setting] { OIDCConfiguration.settings }

    /// The client of the configured issuer; nil where no client id is.
    /// - Parameter publicURL: the origin of the platform, without a slash at its end.
    /// - Throws: `ConfigurationError` for an issuer that is none.
    convenience init?(context: PluginContext, store: ValkeyClient, publicURL: String) throws {
        guard let configuration = try OIDCConfiguration.read(context.settings.snapshot, publicURL: publicURL) else {
            return nil
        }
        self.init(configuration, store: store, group: context.loops, metrics: context.metrics)
    }

    /// Closes the connections to the issuer.
    func close() { provider.close() }

    // MARK: The way there

    /// Where the browser goes, and what its flow cookie holds until it comes back.
    /// - Parameter next: given back by `finish`; whether it is a path of ours is the caller's to check. At most 2048 bytes.
    /// - Throws: UNAVAILABLE ("login-provider-unavailable"), `ValkeyError`.
    func begin(next: String, context: CallContext) async throws -> (location: String, flowToken: String) {
        guard next.utf8.count <= Self.longestNext else { throw RPCError.field("next", "too-long", "is too long") }
        let metadata = try await answer(context) { try await provider.metadata(deadline: context.deadline) }
        let flow = OIDCFlow(next: next)
        let token = OIDCFlow.token()
        try await store.set(
            OIDCFlow.key(token),
            try flow.sealed(token),
            expiry: .after(Self.flowLife),
            condition: .ifAbsent,
            deadline: context.deadline
        )
        let query = FormText.encode([
            ("response_type", "code"), ("client_id", configuration.clientID),
            ("redirect_uri", configuration.redirectURI), ("scope", "openid email profile"), ("state", flow.state),
            ("nonce", flow.nonce), ("code_challenge", flow.challenge), ("code_challenge_method", "S256"),
            ("prompt", "select_account"),
        ])
        let endpoint = metadata.authorizationEndpoint
        return (endpoint + (endpoint.contains("?") ? "&" : "?") + query, token)
    }

    // MARK: The way back

    /// Who has logged in. Whatever the answer, the flow is over.
    /// - Throws: INVALID_ARGUMENT with a reason of `RPCError+Login.swift`, UNAVAILABLE ("login-provider-unavailable"),
    ///   `ValkeyError`.
    func finish(_ callback: OIDCCallback, context: CallContext) async throws -> OIDCLogin {
        let flow = try await take(callback.flowToken, context)
        guard callback.state.isSameSecret(as: flow.state) else { throw RPCError.loginStateMismatch }
        let metadata = try await answer(context) { try await provider.metadata(deadline: context.deadline) }
        if !callback.issuer.isEmpty || metadata.namesIssuer {
            guard callback.issuer.isSameSecret(as: configuration.issuer) else {
                throw RPCError.loginIssuerMismatch
            }
        }
        guard callback.error.isEmpty else {
            throw callback.error == "access_denied" ? RPCError.loginDenied : RPCError.loginFailed
        }
        guard TokenText.isVisible(callback.code, most: 2048) else { throw RPCError.loginFailed }
        let tokens = try await redeem(callback.code, flow, context)
        let check = IDTokenCheck(
            issuer: configuration.issuer,
            clientID: configuration.clientID,
            nonce: flow.nonce,
            accessToken: tokens.accessToken
        )
        return try await login(tokens.idToken, check, flow, context)
    }

    /// Takes the flow out of the store, so that nobody can use it a second time.
    private func take(_ token: String, _ context: CallContext) async throws -> OIDCFlow {
        guard OIDCFlow.isToken(token),
            let sealed = try await store.getdel(OIDCFlow.key(token), deadline: context.deadline),
            let flow = OIDCFlow(opening: sealed, token)
        else { throw RPCError.loginFlowExpired }
        return flow
    }

    private func redeem(_ code: String, _ flow: OIDCFlow, _ context: CallContext) async throws -> OIDCTokens {
        let answer = try await answer(context) {
            try await provider.redeem(code, verifier: flow.verifier, deadline: context.deadline)
        }
        if answer.status == 200, let tokens = OIDCTokens(answer.body) { return tokens }
        let error = OIDCTokens.error(answer.body)
        if error == "invalid_grant" { throw RPCError.loginCodeRefused }
        // Anything else, such as invalid_client, is between the issuer and us.
        context.logger.error(
            "the issuer's token endpoint does not answer with tokens",
            metadata: [
                "status": .stringConvertible(answer.status),
                "error": .string(error.map { String($0.prefix(64)) } ?? ""),
            ]
        )
        throw RPCError.loginProviderUnavailable
    }

    private func login(
        _ idToken: String,
        _ check: IDTokenCheck,
        _ flow: OIDCFlow,
        _ context: CallContext
    ) async throws -> OIDCLogin {
        do {
            let token = try CompactJWS(idToken, maximumBytes: IDTokenCheck.maximumBytes)
            let kid = try check.kid(of: token)
            guard kid != nil || configuration.mayLeaveKeyUnnamed else { throw TokenError.unknownKey }
            try await answer(context) { try await provider.verify(token, kid: kid, deadline: context.deadline) }
            return try check.login(of: token, at: now(), next: flow.next)
        } catch let error as TokenError {
            context.logger.warning("an ID token was refused", metadata: ["reason": .string(error.description)])
            throw error == .emailUnverified ? RPCError.loginEmailUnverified : RPCError.loginTokenRefused
        }
    }

    /// Runs what needs the issuer; its faults are logged, and are one refusal for the caller.
    private func answer<Value>(_ context: CallContext, _ body: () async throws -> Value) async throws -> Value {
        do {
            return try await body()
        } catch let error as TokenError {
            throw error
        } catch {
            try Task.checkCancellation()
            context.logger.error("the issuer failed", metadata: ["error": .string("\(error)")])
            throw RPCError.loginProviderUnavailable
        }
    }
}
