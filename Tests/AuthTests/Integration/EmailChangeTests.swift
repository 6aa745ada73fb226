import Contracts
import Observe
import RPC
import SwiftProtobuf
import Synchronization
import Testing

@testable import AuthService

extension Integration {
    @Suite struct EmailChangeTests {
        static func ask(_ fixture: Fixture, _ user: String, _ email: String) async throws {
            let request = AuthRequestEmailChangeRequest.with {
                $0.userID = user
                $0.newEmail = email
                $0.name = "Ana"
                $0.language = "es"
            }
            _ = try await fixture.auth.requestEmailChange(request, .root(timeout: .seconds(20)))
        }

        /// Attack 18.
        @Test func `the new address confirms, the old one is told and can take it back for three days`() async throws {
            try await Fixture.run { fixture in
                let user = fixture.profile.add("ana@example.com")
                let mine = try await fixture.login()
                try await fixture.requestReset("ana@example.com")
                let reset = try #require(fixture.notification.take().last).mail.proof
                try await Self.ask(fixture, user, "new@example.com")
                let asked = try #require(fixture.notification.take().last)
                #expect(asked.recipient.email == "new@example.com" && asked.recipient.language == "es")
                try await fixture.confirmEmail(code: asked.mail.proof.code, email: "new@example.com")
                let told = try #require(fixture.notification.take().last)
                guard case .emailChanged(let changed) = told.mail.kind else {
                    Issue.record("the old address was told something else")
                    return
                }
                #expect(told.recipient.email == "ana@example.com" && changed.newEmail == "n…w@example.com")
                #expect(changed.proof.code.isEmpty && !changed.proof.token.isEmpty)
                // What the old mailbox had is over.
                let old = await fixture.refusal {
                    try await fixture.confirmReset(token: reset.token, PasswordTests.new)
                }
                #expect(old?.reason == "invalid-code")
                let lives = try await fixture.lives(mine.token)
                #expect(lives)
                fixture.advance(.seconds(3 * 86_400 - 60))
                let later = try await fixture.login("new@example.com")
                try await fixture.confirmEmail(token: changed.proof.token)
                #expect(fixture.profile.state.withLock { $0.people[user]?.account.email } == "ana@example.com")
                let laterLives = try await fixture.lives(later.token)
                #expect(!laterLives)
                _ = try await fixture.login("ana@example.com")
            }
        }

        /// Attack 18.
        @Test func `who stole the account cannot take the way back away`() async throws {
            try await Fixture.run { fixture in
                let user = fixture.profile.add("ana@example.com")
                let thief = try await fixture.login()
                try await Self.ask(fixture, user, "thief@example.com")
                try await Self.ask(fixture, user, "thief2@example.com")
                let proofs = fixture.notification.take().map(\.mail.proof)
                let first = await fixture.refusal { try await fixture.confirmEmail(token: proofs[0].token) }
                #expect(first?.reason == "invalid-code", "the last address that was asked for counts")
                try await fixture.confirmEmail(token: proofs[1].token)
                let way = try #require(fixture.notification.take().last).mail.proof.token
                let changed = await PasswordTests.change(fixture, thief.session)
                #expect(changed == nil)
                try await fixture.requestReset("thief2@example.com")
                let reset = try #require(fixture.notification.take().last).mail.proof
                try await fixture.confirmReset(token: reset.token, "another long phrase, thief")
                try await fixture.confirmEmail(token: way)
                #expect(fixture.profile.state.withLock { $0.people[user]?.account.email } == "ana@example.com")
            }
        }

        /// Attack 18.
        @Test func `another's address is not told to who asks, but to its owner`() async throws {
            try await Fixture.run { fixture in
                let user = fixture.profile.add("ana@example.com")
                fixture.profile.add("eva@example.com")
                try await Self.ask(fixture, user, "eva@example.com")
                try await Self.ask(fixture, user, "free@example.com")
                #expect(
                    fixture.notification.kinds() == ["account-exists eva@example.com", "change-email free@example.com"]
                )
            }
        }

        /// Attack 18.
        @Test func `who comes second to an address is refused`() async throws {
            try await Fixture.run { fixture in
                let user = fixture.profile.add("ana@example.com")
                try await Self.ask(fixture, user, "new@example.com")
                let proof = try #require(fixture.notification.take().last).mail.proof
                fixture.profile.add("new@example.com")
                let refused = await fixture.refusal { try await fixture.confirmEmail(token: proof.token) }
                #expect(refused?.code == .alreadyExists && refused?.reason == "email-taken")
            }
        }
    }
}
