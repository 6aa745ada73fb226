import Contracts
import Observe
import RPC
import SwiftProtobuf
import Synchronization
import Testing
import Valkey

@testable import AuthService

extension Integration {
    /// What becomes of a login that the issuer vouches for; the way there and back is tested with the client itself.
    @Suite struct GoogleTests {
        static func login(_ email: String, subject: String = "g-1", verified: Bool = true, next: String = "/portfolio")
            -> OIDCLogin
        {
            OIDCLogin(
                issuer: "https://accounts.google.com",
                subject: subject,
                email: email,
                emailVerified: verified,
                givenName: "Ana",
                familyName: "López",
                language: "es",
                next: next
            )
        }

        static func admit(_ fixture: Fixture, _ login: OIDCLogin) async throws -> AuthFinishGoogleLoginResponse {
            // In process the service sees the metadata of the caller.
            try await fixture.service.admit(login, deviceToken: "", replacedToken: "", .root(timeout: .seconds(20)))
        }

        static func link(_ fixture: Fixture, _ flow: String, password: String = "", code: String = "") async throws
            -> AuthLoginResponse
        {
            let request = AuthLinkGoogleAccountRequest.with {
                $0.flowToken = flow
                $0.password = password
                $0.code = code
            }
            return try await fixture.auth.linkGoogleAccount(request, fixture.anonymous())
        }

        @Test func `a new account, and the same one again`() async throws {
            try await Fixture.run { fixture in
                let first = try await Self.admit(fixture, Self.login("ana@example.com"))
                let second = try await Self.admit(fixture, Self.login("ana@example.com", next: "//evil.example"))
                #expect(first.login.session.userID == second.login.session.userID && first.next == "/portfolio")
                #expect(second.next == "/")
                let lives = try await fixture.lives(second.login.token)
                #expect(lives)
            }
        }

        /// Attack 14.
        @Test func `what the issuer has not verified is nobody`() async throws {
            try await Fixture.run { fixture in
                let refused = await fixture.refusal {
                    _ = try await Self.admit(fixture, Self.login("ana@example.com", verified: false))
                }
                #expect(refused?.code == .failedPrecondition && fixture.profile.calls() == [])
            }
        }

        /// Attack 16.
        @Test func `of who registered with another's address nothing is left`() async throws {
            try await Fixture.run { fixture in
                try await fixture.register("victim@example.com", "attackers long phrase")
                let proof = try #require(fixture.notification.take().last).mail.proof
                let user = try #require(fixture.profile.state.withLock { $0.people.keys.first })
                let id = try #require(Identifier(user))
                // Even a session, had there been one.
                let opened = try #require(
                    try await fixture.service.sessions.open(
                        id,
                        epoch: 1,
                        isRemembered: true,
                        isEmailVerified: false,
                        address: "",
                        agent: "",
                        by: nil
                    )
                )
                let login = try await Self.admit(fixture, Self.login("victim@example.com"))
                #expect(login.login.session.userID == user)
                let lives = try await (fixture.lives(opened.token.text), fixture.lives(login.login.token))
                #expect(lives == (false, true))
                let code = await fixture.refusal { try await fixture.confirmEmail(token: proof.token) }
                #expect(code?.reason == "invalid-code")
                let password = await fixture.refusal {
                    _ = try await fixture.login("victim@example.com", "attackers long phrase")
                }
                #expect(password?.code == .unauthenticated)
            }
        }

        /// Attack 16.
        @Test func `a verified account is linked by its password, or by the code of the mail`() async throws {
            try await Fixture.run { fixture in
                fixture.profile.add("ana@example.com")
                fixture.profile.add("eva@example.com")
                let stopped = try await Self.admit(fixture, Self.login("ana@example.com"))
                #expect(!stopped.hasLogin && !stopped.flowToken.isEmpty)
                let mail = try #require(fixture.notification.take().last)
                #expect(mail.recipient.email == "ana@example.com" && mail.mail.proof.token.isEmpty)
                let wrong = await fixture.refusal {
                    _ = try await Self.link(fixture, stopped.flowToken, password: "wrong horse battery")
                }
                #expect(wrong?.code == .unauthenticated && wrong?.reason == "wrong-password")
                let login = try await Self.link(fixture, stopped.flowToken, password: Fixture.password)
                let lives = try await fixture.lives(login.token)
                #expect(lives && fixture.notification.kinds() == ["account-linked ana@example.com"])
                let again = await fixture.refusal {
                    _ = try await Self.link(fixture, stopped.flowToken, password: Fixture.password)
                }
                #expect(again?.reason == "invalid-ticket")
                let everything = try await fixture.everything()
                #expect(!everything.contains(stopped.flowToken))

                let evas = try await Self.admit(fixture, Self.login("eva@example.com", subject: "g-2"))
                let code = try #require(fixture.notification.take().last).mail.proof.code
                let linked = try await Self.link(fixture, evas.flowToken, code: code)
                #expect(linked.session.userID != login.session.userID)
                let known = try await Self.admit(fixture, Self.login("eva@example.com", subject: "g-2"))
                #expect(known.login.session.userID == linked.session.userID)
            }
        }

        /// Attack 16.
        @Test func `a ticket ends after ten minutes, and one code does not serve another's ticket`() async throws {
            try await Fixture.run { fixture in
                fixture.profile.add("ana@example.com")
                fixture.profile.add("eva@example.com")
                let first = try await Self.admit(fixture, Self.login("ana@example.com"))
                let second = try await Self.admit(fixture, Self.login("eva@example.com", subject: "g-2"))
                let codes = fixture.notification.take().map(\.mail.proof.code)
                let crossed = await fixture.refusal {
                    _ = try await Self.link(fixture, first.flowToken, code: codes[1])
                }
                #expect(crossed?.reason == "invalid-code")
                let none = await fixture.refusal {
                    _ = try await Self.link(fixture, "nonsense", password: Fixture.password)
                }
                #expect(none?.reason == "invalid-ticket")
                let left = try await fixture.client.command("KEYS", ["auth:link:*"]).values(String.self)
                #expect(left.count == 2)
                for key in left {
                    let life = try await fixture.client.command("PTTL", [key]).integer()
                    #expect((1...600_000).contains(life))
                }
                _ = try await Self.link(fixture, second.flowToken, code: codes[1])
            }
        }

        /// Attack 17.
        @Test func `another Google account with the same address does not come in, and the owner hears of it`()
            async throws
        {
            try await Fixture.run { fixture in
                _ = try await Self.admit(fixture, Self.login("ana@example.com"))
                let refused = await fixture.refusal {
                    _ = try await Self.admit(fixture, Self.login("ana@example.com", subject: "recycled"))
                }
                #expect(refused?.code == .failedPrecondition && refused?.reason == "google-account-conflict")
                #expect(fixture.notification.kinds() == ["account-exists ana@example.com"])
            }
        }
    }
}
