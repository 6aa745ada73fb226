import Config
import Contracts
import Observe
import Plugin
import RPC
import Reactor
import Synchronization
import TestServers
import Testing
import Valkey

@testable import AuthService

extension Integration {
    @Suite struct StoreLossTests {
        /// Attack 37.
        @Test func `without the store nobody passes, and nobody is let in`() async throws {
            try await Fixture.run { fixture in
                fixture.profile.add("ana@example.com")
                let login = try await fixture.login()
                fixture.server.kill()
                var request = AuthVerifySessionRequest()
                request.token = login.token
                let context = fixture.anonymous().with(timeout: .milliseconds(300))
                let refused = await fixture.refusal { _ = try await fixture.auth.verifySession(request, context) }
                #expect([.unavailable, .deadlineExceeded].contains(refused?.code))
                // Empty it comes back, and knows no session.
                try await fixture.server.start()
                let lives = try await fixture.lives(login.token)
                #expect(!lives)
                _ = try await fixture.login()
            }
        }

        @Test func `without profile who is known passes, and who is not does not`() async throws {
            try await Fixture.run { fixture in
                fixture.profile.add("ana@example.com")
                let login = try await fixture.login()
                fixture.profile.state.withLock { $0.failures["GetAccount"] = RPCError(.unavailable, "away") }
                let lives = try await fixture.lives(login.token)
                #expect(lives)
                let user = try #require(Identifier(login.session.userID))
                fixture.service.epochs.forget(user)
                let refused = await fixture.refusal { _ = try await fixture.verify(login.token) }
                #expect(refused?.code == .unavailable)
                fixture.profile.state.withLock { $0.failures = [:] }
                let livesAgain = try await fixture.lives(login.token)
                #expect(livesAgain)
            }
        }

        /// Attack 37: the password is changed, the primary is lost, and a replica that had not heard of it takes over.
        @Test func `a replica that lags brings no session back`() async throws {
            let ports = [try LoopbackPort.free(), try LoopbackPort.free()]
            let endpoints = try ports.map { try #require(ValkeyEndpoint("127.0.0.1:\($0)")) }
            try await Fixture.run(port: ports[0], servers: .primary(among: endpoints)) { fixture in
                let replica = try StoreProcess(port: ports[1])
                try await replica.start()
                defer { replica.kill() }
                let user = fixture.profile.add("ana@example.com")
                let resetUser = try await fixture.login()
                fixture.profile.add("eva@example.com")
                let revoker = try await fixture.login("eva@example.com")
                let revoked = try await fixture.login("eva@example.com")
                let before = try await fixture.everything()
                #expect(before.contains(user))
                // The replica has what there was until now.
                let other = ValkeyClient(ValkeyConfiguration(.one(endpoints[1])), group: fixture.group)
                defer { other.close() }
                _ = try await other.command("REPLICAOF", ["127.0.0.1", "\(ports[0])"])
                var isThere = false
                for _ in 0..<1000 where !isThere {
                    isThere = try await other.command("DBSIZE").integer() >= fixture.client.command("DBSIZE").integer()
                    if !isThere { try await Task.sleep(for: .milliseconds(10)) }
                }
                #expect(isThere)
                // From here on it hears nothing any more.
                _ = try await other.command("REPLICAOF", ["127.0.0.1", "1"])
                try await fixture.requestReset("ana@example.com")
                let proof = try #require(fixture.notification.take().last).mail.proof
                try await fixture.confirmReset(token: proof.token, PasswordTests.new)
                let ended = await RevocationTests.revoke(revoked.session.id, fixture, by: revoker.session)
                #expect(ended == nil)
                let gone = try await (fixture.lives(resetUser.token), fixture.lives(revoked.token))
                #expect(gone == (false, false))
                // The primary is lost.
                _ = try await other.command("REPLICAOF", ["NO", "ONE"])
                fixture.server.kill()
                var answered = false
                for _ in 0..<500 where !answered {
                    answered = await fixture.refusal { try await fixture.client.ping() } == nil
                }
                #expect(answered)
                let found = try await fixture.client.command(
                    "EXISTS",
                    ["auth:{\(user)}:s:\(resetUser.session.id)"]
                ).integer()
                #expect(found == 1, "the replica still has the session")
                let lives = try await (fixture.lives(resetUser.token), fixture.lives(revoked.token))
                #expect(lives == (false, false))
            }
        }
    }
}
