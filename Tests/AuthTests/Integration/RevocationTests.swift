import Contracts
import Observe
import RPC
import Reactor
import SwiftProtobuf
import Synchronization
import Testing
import Valkey

@testable import AuthService

extension Integration {
    @Suite struct RevocationTests {
        static func revoke(_ id: String, _ fixture: Fixture, by session: AuthSession) async -> RPCError? {
            await fixture.refusal {
                _ = try await fixture.auth.revokeSession(.with { $0.id = id }, fixture.context(session))
            }
        }

        /// Attack 8.
        @Test func `one is revoked, this one too; another's is not found, as an unknown one`() async throws {
            try await Fixture.run { fixture in
                let user = fixture.profile.add("ana@example.com")
                fixture.profile.add("eva@example.com")
                let mine = try await fixture.login()
                let other = try await fixture.login()
                let evas = try await fixture.login("eva@example.com")
                let first = await Self.revoke(other.session.id, fixture, by: mine.session)
                #expect(first == nil)
                let lives = try await (fixture.lives(other.token), fixture.lives(mine.token))
                #expect(lives == (false, true))
                let foreign = await Self.revoke(evas.session.id, fixture, by: mine.session)
                let unknown = await Self.revoke(UUIDText.random(), fixture, by: mine.session)
                let nonsense = await Self.revoke("../x*", fixture, by: mine.session)
                #expect(foreign?.code == .notFound && foreign == unknown && unknown == nonsense)
                let again = await Self.revoke(other.session.id, fixture, by: mine.session)
                #expect(again?.code == .notFound)
                let own = await Self.revoke(mine.session.id, fixture, by: mine.session)
                #expect(own == nil)
                let after = try await (fixture.lives(mine.token), fixture.lives(evas.token))
                #expect(after == (false, true))
                #expect(fixture.profile.state.withLock { $0.people[user]?.account.epoch } == 3)
            }
        }

        @Test func `all others, or all`() async throws {
            try await Fixture.run { fixture in
                fixture.profile.add("ana@example.com")
                var tokens: [String] = []
                let mine = try await fixture.login()
                for _ in 0..<5 { tokens.append(try await fixture.login().token) }
                _ = try await fixture.auth.revokeOtherSessions(.init(), fixture.context(mine.session))
                for token in tokens {
                    let lives = try await fixture.lives(token)
                    #expect(!lives)
                }
                let lives = try await fixture.lives(mine.token)
                #expect(lives)
                _ = try await fixture.auth.revokeOtherSessions(
                    .with { $0.current = true },
                    fixture.context(mine.session)
                )
                let stillLives = try await fixture.lives(mine.token)
                #expect(!stillLives)
            }
        }

        /// Attack 24.
        @Test func `all others end only for who has logged in a short time ago`() async throws {
            try await Fixture.run { fixture in
                fixture.profile.add("ana@example.com")
                let (mine, other) = (try await fixture.login(), try await fixture.login())
                for age in [Int64(600), 86_400] {
                    var old = mine.session
                    old.authenticatedAt.seconds = fixture.now.secondsSinceEpoch - age
                    let error = await #expect(throws: RPCError.self) {
                        _ = try await fixture.auth.revokeOtherSessions(.init(), fixture.context(old))
                    }
                    #expect(error?.reason == "reauthentication-required")
                }
                let lives = try await fixture.lives(other.token)
                #expect(lives)
            }
        }

        /// Attack 7.
        @Test func `of ten thousand requests after a revocation none passes, on any loop`() async throws {
            try await Fixture.run(loops: 2) { fixture in
                fixture.profile.add("ana@example.com")
                let mine = try await fixture.login()
                let other = try await fixture.login()
                for loop in fixture.group.loops {
                    let lives = try await loop.run { try await fixture.lives(other.token) }
                    #expect(lives)
                }
                _ = await Self.revoke(other.session.id, fixture, by: mine.session)
                let passed = try await withThrowingTaskGroup(of: Int.self) { group in
                    for number in 0..<100 {
                        group.addTask(executorPreference: fixture.group.loops[number % 2]) {
                            var passed = 0
                            for _ in 0..<100 where try await fixture.lives(other.token) { passed += 1 }
                            return passed
                        }
                    }
                    return try await group.reduce(0, +)
                }
                #expect(passed == 0)
            }
        }

        @Test func `logins beside revocations neither survive wrongly nor vanish`() async throws {
            try await Fixture.run(loops: 2) { fixture in
                fixture.profile.add("ana@example.com")
                let mine = try await fixture.login()
                for _ in 0..<20 {
                    async let opened = fixture.login()
                    async let revoked = fixture.auth.revokeOtherSessions(.init(), fixture.context(mine.session))
                    let token = try? await opened.token
                    _ = try await revoked
                    let list = try await fixture.auth.listSessions(.init(), fixture.context(mine.session)).items
                    // Whatever came first: the list says what is.
                    if let token, let id = SessionToken(token)?.session.text {
                        let lives = try await fixture.lives(token)
                        #expect(lives == list.contains { $0.id == id })
                    }
                    let mineLives = try await fixture.lives(mine.token)
                    #expect(mineLives)
                }
            }
        }

        @Test func `revocations beside each other do not end this session`() async throws {
            try await Fixture.run(loops: 2) { fixture in
                fixture.profile.add("ana@example.com")
                let mine = try await fixture.login()
                var others: [AuthLoginResponse] = []
                for _ in 0..<10 { others.append(try await fixture.login()) }
                await withTaskGroup(of: Void.self) { group in
                    for other in others {
                        group.addTask { _ = await Self.revoke(other.session.id, fixture, by: mine.session) }
                    }
                }
                let list = try await fixture.auth.listSessions(.init(), fixture.context(mine.session)).items
                #expect(list.map(\.id) == [mine.session.id])
                let lives = try await fixture.lives(mine.token)
                #expect(lives)
            }
        }

        /// Attack 7.
        @Test func `a client who is removed leaves nothing`() async throws {
            try await Fixture.run { fixture in
                let user = fixture.profile.add("ana@example.com")
                let login = try await fixture.login()
                try await fixture.requestReset("ana@example.com")
                let proof = try #require(fixture.notification.take().last).mail.proof
                _ = try await fixture.auth.forgetClient(.with { $0.userID = user }, fixture.anonymous())
                let lives = try await fixture.lives(login.token)
                #expect(!lives)
                let refused = await fixture.refusal {
                    try await fixture.confirmReset(token: proof.token, "wf8#kd02!mmQ;3x")
                }
                #expect(refused?.reason == "invalid-code")
                // Nor does a login that was under way.
                let late = await fixture.refusal { _ = try await fixture.login() }
                #expect(late?.code == .unavailable)
                let keys = try await fixture.client.command("KEYS", ["auth:{\(user)}:*"]).values(String.self)
                #expect(keys == ["auth:{\(user)}:e"])
            }
        }

        /// Attack 7.
        @Test func `without profile a revocation still holds`() async throws {
            try await Fixture.run { fixture in
                fixture.profile.add("ana@example.com")
                let mine = try await fixture.login()
                let other = try await fixture.login()
                fixture.profile.state.withLock { $0.failures["RaiseEpoch"] = RPCError(.unavailable, "away") }
                let refused = await Self.revoke(other.session.id, fixture, by: mine.session)
                let lives = try await (fixture.lives(other.token), fixture.lives(mine.token))
                #expect(refused == nil && lives == (false, true))
            }
        }
    }
}
