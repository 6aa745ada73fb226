import Logging
import Observe
import Valkey

@testable import AuthService

/// Rings for tests, which wait for nothing by themselves.
enum SessionKeyFixture {
    static let publicURL = "https://lonja.example"
    static let secret = Secret("0123456789abcdef0123456789abcdef")
    static let session = "0b3c7a52-3c6e-4d0a-9a57-3f6a0f2b9c11"
    static let user = "7d1f2f0e-8a6b-4f6e-a1d7-0c8f6a5b4e33"

    static func ring(
        _ store: Store,
        _ clock: TestClock,
        secrets: [Secret]? = [secret],
        publicURL: String = publicURL,
        client: ValkeyClient? = nil,
        ahead: Duration = .zero
    ) -> SessionKeyRing {
        SessionKeyRing(
            store: client ?? store.client,
            publicURL: publicURL,
            secrets: secrets,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            now: { clock.now.advanced(by: ahead) },
            sleep: { try await Task.sleep(for: $0) }
        )
    }
}

extension SessionKeyRing {
    /// A token of the usual session.
    func token() async throws -> String {
        let fixture = SessionKeyFixture.self
        let time = WallTime(secondsSinceEpoch: 1_700_000_000)
        return try await sign(
            sessionID: fixture.session,
            userID: fixture.user,
            authenticatedAt: time,
            scopes: SessionScope.all
        ).token
    }
}
