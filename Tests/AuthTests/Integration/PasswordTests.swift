import Contracts
import Observe
import RPC
import SwiftProtobuf
import Synchronization
import Testing
import Valkey

@testable import AuthService

extension Integration {
    @Suite struct PasswordTests {
        static let new = "wf8#kd02!mmQ;3x"

        static func change(
            _ fixture: Fixture,
            _ session: AuthSession,
            _ current: String = Fixture.password,
            to new: String = PasswordTests.new
        ) async -> RPCError? {
            let request = AuthChangePasswordRequest.with {
                $0.current = current
                $0.new = new
            }
            return await fixture.refusal {
                _ = try await fixture.auth.changePassword(request, fixture.context(session))
            }
        }

        /// Attack 24.
        @Test func `a change ends all other sessions, gives this one a new token, and tells the owner`() async throws {
            try await Fixture.run { fixture in
                fixture.profile.add("ana@example.com")
                let mine = try await fixture.login()
                let other = try await fixture.login(remember: true)
                fixture.advance(.seconds(20))
                let refused = await Self.change(fixture, mine.session)
                #expect(refused == nil)
                let verified = try #require(try await fixture.verify(mine.token))
                #expect(!verified.newToken.isEmpty && verified.session.id == mine.session.id)
                #expect(verified.session.authenticatedAt.seconds == fixture.now.secondsSinceEpoch)
                fixture.advance(.seconds(31))
                let lives = try await (
                    fixture.lives(mine.token), fixture.lives(other.token), fixture.lives(verified.newToken)
                )
                #expect(lives == (false, false, true))
                #expect(fixture.notification.kinds() == ["password-changed ana@example.com"])
                let old = await fixture.refusal { _ = try await fixture.login() }
                #expect(old?.code == .unauthenticated)
                _ = try await fixture.login("ana@example.com", Self.new)
            }
        }

        /// Attack 24.
        @Test func `without the right old one nothing changes, and tries count`() async throws {
            try await Fixture.run { fixture in
                fixture.profile.add("ana@example.com")
                let mine = try await fixture.login()
                let bad = await Self.change(fixture, mine.session, to: "ana@example.com Ana")
                #expect(bad?.code == .invalidArgument)
                for _ in 0..<5 {
                    let refused = await Self.change(fixture, mine.session, "wrong horse battery")
                    #expect(refused?.code == .unauthenticated && refused?.reason == "wrong-password")
                }
                let limited = await Self.change(fixture, mine.session)
                #expect(limited?.reason == "too-many-attempts" && limited?.retryAfter == .seconds(1))
                let empty = await Self.change(fixture, mine.session, "")
                #expect(empty != nil)
                let lives = try await fixture.lives(mine.token)
                #expect(lives && fixture.notification.take().isEmpty)
                let nobody = await fixture.refusal {
                    _ = try await fixture.auth.changePassword(.init(), fixture.anonymous())
                }
                #expect(nobody?.code == .unauthenticated)
            }
        }

        /// Attack 24.
        @Test func `an account without a password gets one after a recent login only`() async throws {
            try await Fixture.run { fixture in
                fixture.profile.add("ana@example.com")
                let mine = try await fixture.login()
                fixture.profile.state.withLock { state in
                    state.people[mine.session.userID]?.account.hasPassword_p = false
                    state.people[mine.session.userID]?.password = ""
                }
                fixture.advance(.seconds(601))
                let stale = await Self.change(fixture, mine.session, "")
                #expect(stale?.reason == "reauthentication-required")
                var recent = mine.session
                recent.authenticatedAt.seconds = fixture.now.secondsSinceEpoch - 5
                let refused = await Self.change(fixture, recent, "")
                #expect(refused == nil)
                // Which proves nothing anew.
                let verified = try #require(try await fixture.verify(mine.token))
                #expect(verified.session.authenticatedAt == mine.session.authenticatedAt)
            }
        }

        /// Attack 24.
        @Test func `a reset ends every session, verifies the address and logs nobody in`() async throws {
            try await Fixture.run { fixture in
                let user = fixture.profile.add("ana@example.com")
                let mine = try await fixture.login()
                let key = try await fixture.auth.issueSessionKey(.init(), fixture.context(mine.session))
                for _ in 0..<9 {
                    _ = await fixture.refusal { _ = try await fixture.login("ana@example.com", "wrong horse battery") }
                }
                fixture.profile.state.withLock { $0.people[user]?.account.emailVerified = false }
                try await fixture.requestReset("Ana@example.com")
                let proof = try #require(fixture.notification.take().last).mail.proof
                #expect(proof.expiresAt.seconds == fixture.now.secondsSinceEpoch + 600)
                // A bad password does not use the code up.
                let bad = await fixture.refusal {
                    try await fixture.confirmReset(token: proof.token, "passwordpassword")
                }
                #expect(bad?.code == .invalidArgument)
                let own = await fixture.refusal {
                    try await fixture.confirmReset(token: proof.token, "ana@example.com!!")
                }
                #expect(own?.code == .invalidArgument)
                try await fixture.confirmReset(code: proof.code, email: "ana@example.com", Self.new)
                let lives = try await (fixture.lives(mine.token), fixture.lives(key.token))
                #expect(lives == (false, false))
                #expect(fixture.notification.kinds() == ["password-changed ana@example.com"])
                // The lock of before is off.
                let login = try await fixture.login("ana@example.com", Self.new)
                #expect(login.session.emailVerified)
                let again = await fixture.refusal { try await fixture.confirmReset(token: proof.token, Self.new) }
                #expect(again?.reason == "invalid-code")
            }
        }

        /// Attack 7.
        @Test func `a session of before the change is refused even where the store still has it`() async throws {
            try await Fixture.run { fixture in
                let user = fixture.profile.add("ana@example.com")
                let mine = try await fixture.login()
                let id = try #require(Identifier(mine.session.userID))
                let session = try #require(Identifier(mine.session.id))
                let stored = try #require(try await fixture.service.sessions.find(id, session, by: nil))
                try await fixture.requestReset("ana@example.com")
                let proof = try #require(fixture.notification.take().last).mail.proof
                try await fixture.confirmReset(token: proof.token, Self.new)
                // As a replica that lags would have it.
                try await fixture.client.set("auth:{\(user)}:s:\(mine.session.id)", stored.bytes)
                let lives = try await fixture.lives(mine.token)
                #expect(!lives)
                // Nor can a login that was proved with the old password open one.
                let late = try await fixture.service.sessions.open(
                    id,
                    epoch: 1,
                    isRemembered: false,
                    isEmailVerified: true,
                    address: "",
                    agent: "",
                    by: nil
                )
                #expect(late == nil)
            }
        }
    }
}
