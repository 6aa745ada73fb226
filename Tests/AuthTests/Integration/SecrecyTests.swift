import Config
import Contracts
import Foundation
import Logging
import Observe
import Plugin
import RPC
import Reactor
import SwiftProtobuf
import Synchronization
import Testing

@testable import AuthService

extension Integration {
    @Suite struct SecrecyTests {
        /// Attack 38.
        @Test func `no log, no refusal and no store shows a secret`() async throws {
            try await Fixture.run { fixture in
                let output = try CapturedOutput()
                var secrets = [Fixture.password, PasswordTests.new, "wrong horse battery"]
                var refusals: [RPCError] = []
                func refusal(_ body: () async throws -> Void) async {
                    if let refusal = await fixture.refusal(body) { refusals.append(refusal) }
                }
                try await fixture.register("ana@example.com")
                let first = try #require(fixture.notification.take().last).mail.proof
                secrets += [first.code, first.token]
                await refusal { try await fixture.confirmEmail(code: "AAAA-AAAA", email: "ana@example.com") }
                await refusal { try await fixture.confirmEmail(token: first.token + "x") }
                try await fixture.confirmEmail(token: first.token)
                await refusal { _ = try await fixture.login("ana@example.com", "wrong horse battery") }
                var logins: [AuthLoginResponse] = []
                // Two too many.
                for _ in 0..<22 { logins.append(try await fixture.login()) }
                let login = try #require(logins.last)
                let key = try await fixture.auth.issueSessionKey(.init(), fixture.context(login.session))
                secrets += logins.flatMap { [$0.token, $0.deviceToken, $0.session.csrfToken] } + [key.token]
                await refusal { _ = try await fixture.verify(key.token + "x") }
                _ = await PasswordTests.change(fixture, login.session, "wrong horse battery")
                fixture.advance(.seconds(61))
                try await fixture.requestReset("ana@example.com")
                let second = try #require(fixture.notification.take().last).mail.proof
                secrets += [second.code, second.token]
                // What fails on the way is logged.
                fixture.notification.state.withLock { $0.failure = RPCError(.internalError, "broken") }
                fixture.profile.state.withLock { $0.failures["RaiseEpoch"] = RPCError(.internalError, "broken") }
                try await fixture.confirmReset(token: second.token, PasswordTests.new)
                await refusal { try await fixture.register("eva@example.com") }
                let renewed = try await fixture.login("ana@example.com", PasswordTests.new)
                secrets += [renewed.token, renewed.deviceToken]
                _ = await RevocationTests.revoke(renewed.session.id, fixture, by: renewed.session)
                let log = try output.end()
                #expect(log.contains("a notice was not accepted") && log.contains("the user has too many"))
                #expect(refusals.count >= 4)
                let store = try await fixture.everything()
                for secret in secrets {
                    #expect(!secret.isEmpty && !log.contains(secret), "in the log")
                    #expect(!store.contains(secret), "in the store")
                    for refusal in refusals {
                        #expect(!"\(refusal)\(refusal.details)".contains(secret), "in a refusal")
                    }
                }
                #expect(!log.contains("ana@example.com") && !log.contains("eva@example.com"), "addresses in the log")
            }
        }

        @Test func `without a store it does not start, and says which key is missing`() async throws {
            let group = try EventLoopGroup(count: 1)
            defer { group.shutdown() }
            let context = PluginContext(
                name: "auth",
                version: "1",
                settings: try Settings(declared: AuthPlugin.settings, environment: [:]),
                logger: Logger(label: "test"),
                metrics: MetricRegistry(),
                loops: group,
                peers: PeerDirectory(),
                slots: DriverSlotDirectory()
            )
            do {
                _ = try AuthPlugin(context: context)
                Issue.record("it started")
            } catch let error as ConfigurationError {
                #expect(error.description.contains("auth.valkey.address"))
                #expect(!error.description.contains("\n"))
            }
        }
    }
}

/// What this process writes to its output and error meanwhile; it is written out at the end after all.
private final class CapturedOutput {
    private let path: String
    private let saved: [Int32]

    init() throws {
        path = NSTemporaryDirectory() + "auth-output-\(UUID().uuidString)"
        let file = open(path, O_RDWR | O_CREAT | O_TRUNC | O_APPEND, 0o600)
        guard file >= 0 else { throw CocoaError(.fileWriteUnknown) }
        fflush(nil)
        saved = [dup(1), dup(2)]
        dup2(file, 1)
        dup2(file, 2)
        close(file)
    }

    func end() throws -> String {
        fflush(nil)
        for (index, descriptor) in saved.enumerated() {
            dup2(descriptor, Int32(index + 1))
            close(descriptor)
        }
        let text = try String(contentsOfFile: path, encoding: .utf8)
        try? FileManager.default.removeItem(atPath: path)
        print(text)
        return text
    }
}
