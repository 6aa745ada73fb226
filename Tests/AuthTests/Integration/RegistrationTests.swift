import Contracts
import Observe
import RPC
import SwiftProtobuf
import Synchronization
import Testing

@testable import AuthService

extension Integration {
    @Suite struct RegistrationTests {
        @Test func `an account is made, verified by link or by code, and then logged in to`() async throws {
            try await Fixture.run { fixture in
                try await fixture.register("Ana@Example.com")
                let mail = try #require(fixture.notification.take().last)
                #expect(mail.recipient.email == "Ana@example.com" && mail.recipient.name == "Ana")
                #expect(Identifier(mail.id) != nil)
                let early = await fixture.refusal { _ = try await fixture.login() }
                #expect(early?.code == .failedPrecondition && early?.reason == "email-unverified")
                let wrong = await fixture.refusal {
                    _ = try await fixture.login("ana@example.com", "wrong horse battery")
                }
                #expect(wrong?.code == .unauthenticated)
                try await fixture.confirmEmail(code: mail.mail.proof.code.lowercased(), email: "ANA@EXAMPLE.COM")
                let login = try await fixture.login()
                #expect(login.session.emailVerified)
                try await fixture.register("eva@example.com", address: "192.0.2.2")
                let token = try #require(fixture.notification.take().last).mail.proof.token
                // The link of a registration is good for a day.
                fixture.advance(.seconds(86_000))
                try await fixture.confirmEmail(token: token)
                _ = try await fixture.login("eva@example.com")
            }
        }

        /// Attacks 1 and 2: what profile and the store are asked must not tell who has an account.
        @Test func `known, unknown and unverified addresses have the same work done for them`() async throws {
            try await Fixture.run { fixture in
                fixture.profile.add("known@example.com")
                fixture.profile.add("unverified@example.com", verified: false)
                // The first call also makes the shared key of codes and loads scripts.
                try await fixture.register("warm@example.com")
                try? await fixture.requestReset("warmer@example.com")
                _ = await fixture.refusal { _ = try await fixture.login("warm@example.com", "wrong horse battery") }
                _ = fixture.profile.calls()
                _ = fixture.notification.take()
                let addresses = ["known@example.com", "unverified@example.com", "unknown@example.com"]
                var works: [(calls: [String], commands: [String: Int])] = []
                func work(_ body: () async throws -> Void) async throws {
                    _ = try await fixture.commands()
                    try await body()
                    works.append((fixture.profile.calls(), try await fixture.commands()))
                }
                for (number, address) in addresses.enumerated() {
                    try await work { try await fixture.register(address, address: "192.0.2.\(number + 10)") }
                }
                #expect(
                    works.allSatisfy { $0.calls == ["CreateAccount"] && $0.commands == works[0].commands },
                    "\(works)"
                )
                #expect(works[0].commands["evalsha"] == 3 && works[0].commands["eval"] == 1)
                #expect(
                    fixture.notification.kinds() == [
                        "account-exists known@example.com", "verify-email unverified@example.com",
                        "verify-email unknown@example.com",
                    ]
                )
                #expect(fixture.profile.state.withLock { $0.hashes } >= 3)

                works = []
                fixture.advance(.seconds(61))
                for (number, address) in ["known@example.com", "nobody@example.com"].enumerated() {
                    try await work { try await fixture.requestReset(address, address: "192.0.2.\(number + 20)") }
                }
                #expect(works.allSatisfy { $0.calls == ["GetAccount"] && $0.commands == works[0].commands }, "\(works)")
                #expect(
                    fixture.notification.kinds() == [
                        "reset-password known@example.com", "no-account nobody@example.com",
                    ]
                )

                works = []
                fixture.advance(.seconds(61))
                for (number, address) in (addresses + ["nobody2@example.com"]).enumerated() {
                    try await work {
                        let request = AuthRequestEmailVerificationRequest.with { $0.email = address }
                        _ = try await fixture.auth.requestEmailVerification(
                            request,
                            fixture.anonymous("192.0.2.\(number + 30)")
                        )
                    }
                }
                #expect(works.allSatisfy { $0.calls == ["GetAccount"] && $0.commands == works[0].commands }, "\(works)")
                #expect(fixture.notification.take().count == 4)
            }
        }

        /// Attack 2.
        @Test func `a wrong login is the same for whatever is wrong`() async throws {
            try await Fixture.run { fixture in
                fixture.profile.add("ana@example.com")
                fixture.profile.add("google@example.com", "")
                fixture.profile.add("unverified@example.com", verified: false)
                _ = await fixture.refusal { _ = try await fixture.login("warm@example.com", "x") }
                let cases = [
                    ("nobody@example.com", "wrong horse battery"), ("ana@example.com", "wrong horse battery"),
                    ("ana@example.com", ""), ("ana@example.com", String(repeating: "a", count: 1 << 20)),
                    ("ana@example.com", "wrong\u{0}horse"), ("google@example.com", "wrong horse battery"),
                    ("unverified@example.com", "wrong horse battery"), ("no address", "wrong horse battery"),
                    (String(repeating: "a", count: 1 << 20), "x"),
                ]
                var seen: [(RPCError?, [String], [String: Int])] = []
                for (email, password) in cases {
                    _ = fixture.profile.calls()
                    _ = try await fixture.commands()
                    let refusal = await fixture.refusal { _ = try await fixture.login(email, password) }
                    seen.append((refusal, fixture.profile.calls(), try await fixture.commands()))
                }
                #expect(seen[0].0?.code == .unauthenticated && seen[0].0?.reason == "wrong-credentials")
                for one in seen {
                    #expect(
                        one.0 == seen[0].0 && one.1 == ["VerifyPassword"] && one.2 == seen[0].2,
                        "\(one.2) \(seen[0].2)"
                    )
                }
                // Profile may put it otherwise; auth does not.
                fixture.profile.state.withLock { $0.failures["VerifyPassword"] = RPCError(.invalidArgument, "NUL") }
                let other = await fixture.refusal { _ = try await fixture.login("eva@example.com", "wrong\u{0}") }
                #expect(other == seen[0].0)
            }
        }

        @Test func `bad fields are named, before anything is done`() async throws {
            try await Fixture.run { fixture in
                func refusal(_ change: (inout AuthRegisterRequest) -> Void) async -> RPCError? {
                    var request = AuthRegisterRequest.with {
                        $0.givenName = "Ana"
                        $0.familyName = "López"
                        $0.email = "ana@example.com"
                        $0.password = Fixture.password
                    }
                    change(&request)
                    return await fixture.refusal { _ = try await fixture.auth.register(request, fixture.anonymous()) }
                }
                let refusals = [
                    await refusal { $0.givenName = "" }, await refusal { $0.familyName = "a\u{202E}" },
                    await refusal { $0.email = "ana@bücher.example" },
                    await refusal { $0.email = "a\r\nBcc: b@x.example" },
                    await refusal { $0.password = "too short" }, await refusal { $0.language = "xx" },
                    await refusal { $0.password = "Ana.López.Lonja1" },
                ]
                let names = ["givenName", "familyName", "email", "email", "password", "language", "password"]
                for (refusal, name) in zip(refusals, names) {
                    #expect(refusal?.code == .invalidArgument && refusal?.message.hasPrefix(name) == true)
                }
                #expect(fixture.profile.calls() == [] && fixture.notification.take().isEmpty)
            }
        }

        /// Attack 3.
        @Test func `too many mails: the same answer, and nothing happens`() async throws {
            try await Fixture.run { fixture in
                for _ in 0..<3 { try await fixture.register("ana@example.com") }
                #expect(fixture.notification.take().count == 1 && fixture.profile.calls() == ["CreateAccount"])
                for number in 1..<8 {
                    fixture.advance(.seconds(61))
                    try await fixture.register("ANA@example.com", address: "192.0.2.\(number)")
                }
                #expect(fixture.notification.take().count == 4, "five in an hour")
                try await fixture.requestReset("ana@example.com", address: "192.0.2.80")
                #expect(fixture.notification.take().isEmpty, "whatever for")
                // One network, many addresses.
                fixture.advance(.seconds(3601))
                for number in 0..<30 {
                    try await fixture.requestReset("user\(number)@example.com", address: "2001:db8::\(number)")
                }
                #expect(fixture.notification.take().count == 20)
                // Who is logged in hears of it.
                let user = fixture.profile.add("eva@example.com")
                var request = AuthRequestEmailChangeRequest()
                request.userID = user
                request.newEmail = "new@example.com"
                _ = try await fixture.auth.requestEmailChange(request, fixture.anonymous("192.0.2.99"))
                let refused = await fixture.refusal {
                    _ = try await fixture.auth.requestEmailChange(request, fixture.anonymous("192.0.2.99"))
                }
                #expect(refused?.code == .resourceExhausted && refused?.retryAfter == .seconds(60))
            }
        }

        @Test func `a mail that is not accepted is said, and does not count`() async throws {
            try await Fixture.run { fixture in
                fixture.notification.state.withLock { $0.failure = RPCError(.internalError, "broken") }
                let refused = await fixture.refusal { try await fixture.register("ana@example.com") }
                #expect(refused?.code == .unavailable)
                fixture.notification.state.withLock { $0.failure = nil }
                try await fixture.register("ana@example.com")
                #expect(fixture.notification.kinds() == ["verify-email ana@example.com"])
                // Notification's own limit is silent too.
                fixture.notification.state.withLock { $0.failure = RPCError(.resourceExhausted, "too many") }
                try await fixture.register("eva@example.com")
            }
        }
    }
}
