import Digest
import Fetch
import HTTP
import Observe
import Reactor

/// An issuer as it is talked to: its metadata and keys, which are kept, and its token endpoint.
final class OIDCProvider: Sendable {
    private static let timeout = Duration.seconds(10)
    private let configuration: OIDCConfiguration
    private let client: FetchClient
    private let now: @Sendable () -> WallTime
    private let metadataDocument = RemoteDocument<OIDCMetadata>()
    private let keySetDocument = RemoteDocument<OIDCKeySet>()

    init(
        _ configuration: OIDCConfiguration,
        group: EventLoopGroup,
        metrics: MetricRegistry?,
        now: @escaping @Sendable () -> WallTime
    ) {
        self.configuration = configuration
        self.now = now
        var fetch = FetchClientConfiguration()
        fetch.addresses = configuration.addresses
        fetch.connectionsPerHost = 4
        fetch.connections = 16
        // `RemoteDocument` says how often an issuer is asked.
        fetch.retry = .never
        fetch.connectTimeout = .seconds(5)
        fetch.firstByteTimeout = .seconds(10)
        fetch.name = "oidc"
        client = FetchClient(group: group, configuration: fetch, metrics: metrics)
    }

    /// Closes the connections.
    func close() { client.close() }

    /// OpenID Connect Discovery §4.
    /// - Throws: `OIDCFault`, `FetchError`.
    func metadata(deadline: MonotonicTime?) async throws -> OIDCMetadata {
        try await metadataDocument.value(at: now()) {
            let base =
                configuration.issuer.hasSuffix("/") ? String(configuration.issuer.dropLast()) : configuration.issuer
            let url = try FetchURL(base + "/.well-known/openid-configuration")
            let answer = try await document(url, limit: OIDCMetadata.maximumBytes, deadline)
            return .init(
                value: try OIDCMetadata(answer.body, configuration),
                freshUntil: now().advanced(by: Freshness.lifetime(answer.fields))
            )
        }
    }

    /// Checks a signature with the key that the token names. A key that is not known is looked for at the issuer, at most
    /// every 30 seconds; so is one without a name that does not fit, as a set of one key may have another by now.
    /// - Throws: `TokenError`, `OIDCFault`, `FetchError`.
    func verify(_ token: CompactJWS, kid: String?, deadline: MonotonicTime?) async throws {
        let url = try await metadata(deadline: deadline).keysURL
        let load = {
            let answer = try await self.document(url, limit: OIDCKeySet.maximumBytes, deadline)
            let freshUntil = self.now().advanced(by: Freshness.lifetime(answer.fields))
            return RemoteDocument<OIDCKeySet>.Copy(value: try OIDCKeySet(answer.body), freshUntil: freshUntil)
        }
        if let key = try await keySetDocument.value(at: now(), load)[kid] {
            if key.isValid(token.signature, of: token.signedBytes) { return }
            guard kid == nil else { throw TokenError.badSignature }
        }
        guard let key = try await keySetDocument.renewed(at: now(), load)[kid] else { throw TokenError.unknownKey }
        guard key.isValid(token.signature, of: token.signedBytes) else { throw TokenError.badSignature }
    }

    /// Redeems a code (OpenID Connect Core §3.1.3.1). The request is sent once, whatever happens: its content is a stream,
    /// which neither the client nor curl can send again.
    /// - Throws: `OIDCFault`, `FetchError`.
    func redeem(_ code: String, verifier: String, deadline: MonotonicTime?) async throws -> FetchResponse {
        let metadata = try await metadata(deadline: deadline)
        var form = [
            ("grant_type", "authorization_code"), ("code", code), ("redirect_uri", configuration.redirectURI),
            ("code_verifier", verifier),
        ]
        var secretFields: [(name: String, value: Secret)] = []
        switch (metadata.authentication, configuration.clientSecret) {
        case (.basic, let secret?):
            // RFC 6749 §2.3.1: both parts are form-encoded first.
            let pair = FormText.escape(configuration.clientID) + ":" + FormText.escape(secret.reveal())
            secretFields = [("authorization", Secret("Basic " + Base64.encode(Array(pair.utf8))))]
        case (.post, let secret?):
            form += [("client_id", configuration.clientID), ("client_secret", secret.reveal())]
        default:
            form.append(("client_id", configuration.clientID))
        }
        let content = Array(FormText.encode(form).utf8)
        let request = FetchRequest(
            .post,
            metadata.tokenEndpoint,
            fields: ["content-type": "application/x-www-form-urlencoded", "accept": "application/json"],
            secretFields: secretFields,
            body: .stream(length: content.count) { try await $0.write(content) }
        )
        return try await client.fetch(request, deadline: Self.deadline(deadline), limit: OIDCTokens.maximumBytes)
    }

    private func document(_ url: FetchURL, limit: Int, _ deadline: MonotonicTime?) async throws -> FetchResponse {
        let request = FetchRequest(.get, url, fields: ["accept": "application/json"])
        do {
            let answer = try await client.fetch(request, deadline: Self.deadline(deadline), limit: limit)
            guard answer.status == 200 else { throw OIDCFault("\(url) answers \(answer.status)") }
            return answer
        } catch let error as FetchError where error.code == .deadlineExceeded && Self.hasPassed(deadline) {
            // This caller's time is over, which says nothing about the issuer: others who wait try for themselves.
            throw CancellationError()
        }
    }

    private static func hasPassed(_ deadline: MonotonicTime?) -> Bool { deadline.map { $0 <= .now() } ?? false }

    private static func deadline(_ given: MonotonicTime?) -> MonotonicTime {
        let own = MonotonicTime.now().advanced(by: timeout)
        return given.map { min($0, own) } ?? own
    }
}
