import Contracts
import Digest
import Observe
import RPC
import Reactor
import SwiftProtobuf
import Testing
import Valkey

@testable import AuthService

extension Integration {
    @Suite struct SessionTests {
        /// Attack 7.
        @Test func `a login opens a session, which a logout ends at once`() async throws {
            try await Fixture.run { fixture in
                let user = fixture.profile.add("ana@example.com")
                let login = try await fixture.login("ANA@example.com", agent: "curl/8")
                #expect(login.session.userID == user && login.session.emailVerified && !login.session.remembered)
                #expect(login.session.csrfToken.utf8.count == 22)
                let verified = try #require(try await fixture.verify(login.token))
                #expect(verified.session == login.session && verified.newToken.isEmpty)
                _ = try await fixture.auth.logout(.with { $0.token = login.token }, fixture.anonymous())
                let lives = try await fixture.lives(login.token)
                #expect(!lives)
            }
        }

        @Test func `what the store has is no token`() async throws {
            try await Fixture.run { fixture in
                fixture.profile.add("ana@example.com")
                let login = try await fixture.login()
                let everything = try await fixture.everything()
                let secret = try #require(SessionToken(login.token)).secret
                #expect(!everything.contains(login.token) && !everything.contains(Base64URL.encode(secret)))
                #expect(!everything.contains(login.deviceToken) && !everything.contains("ana@example.com"))
                // Neither the id of the list nor the hash of the store opens anything.
                let token = try #require(SessionToken(login.token))
                let forged = SessionToken(user: token.user, session: token.session, secret: token.hash)
                for text in [login.session.id, forged.text, "", "x.y.z", String(repeating: "A", count: 86)] {
                    let lives = try await fixture.lives(text)
                    #expect(!lives, "\(text)")
                }
            }
        }

        @Test func `idle and absolute ends hold`() async throws {
            try await Fixture.run { fixture in
                fixture.profile.add("ana@example.com")
                let idle = try await fixture.login()
                let remembered = try await fixture.login(remember: true)
                fixture.advance(.seconds(1801))
                let lives = try await (fixture.lives(idle.token), fixture.lives(remembered.token))
                #expect(lives == (false, true))
                // Its record is gone for good with the next change.
                _ = try await fixture.login()
                let list = try await fixture.auth.listSessions(.init(), fixture.context(remembered.session))
                #expect(list.items.count == 2)
                fixture.advance(.seconds(30 * 86_400))
                let stillLives = try await fixture.lives(remembered.token)
                #expect(!stillLives)
            }
        }

        /// Attack 6.
        @Test func `fixation: a login gives a new token and ends the session that was shown`() async throws {
            try await Fixture.run { fixture in
                fixture.profile.add("ana@example.com")
                let attackers = try await fixture.login()
                let login = try await fixture.login(replaced: attackers.token)
                #expect(login.token != attackers.token && login.session.id != attackers.session.id)
                #expect(login.session.csrfToken != attackers.session.csrfToken)
                let lives = try await (fixture.lives(attackers.token), fixture.lives(login.token))
                #expect(lives == (false, true))
                // A token with another's id and no right secret ends nothing.
                let token = try #require(SessionToken(login.token))
                let forged = SessionToken(user: token.user, session: token.session).text
                _ = try await fixture.login(replaced: forged)
                _ = try await fixture.auth.logout(.with { $0.token = forged }, fixture.anonymous())
                let stillLives = try await fixture.lives(login.token)
                #expect(stillLives)
            }
        }

        /// Attack 7.
        @Test func `after an hour the token is replaced; requests side by side get the same one`() async throws {
            try await Fixture.run(loops: 2) { fixture in
                fixture.profile.add("ana@example.com")
                let login = try await fixture.login(remember: true)
                fixture.advance(.seconds(3601))
                let answers = try await withThrowingTaskGroup(of: AuthVerifySessionResponse?.self) { group in
                    for number in 0..<100 {
                        group.addTask(executorPreference: fixture.group.loops[number % 2]) {
                            try await fixture.verify(login.token)
                        }
                    }
                    return try await group.reduce(into: [AuthVerifySessionResponse?]()) { $0.append($1) }
                }
                #expect(answers.allSatisfy { $0 != nil })
                let tokens = Set(answers.compactMap { $0?.newToken })
                #expect(tokens.count == 1 && tokens.first?.isEmpty == false)
                let next = try #require(tokens.first)
                let verified = try #require(try await fixture.verify(next))
                #expect(verified.session.id == login.session.id && verified.newToken.isEmpty)
                // The old one is good for half a minute.
                fixture.advance(.seconds(29))
                let oldLives = try await fixture.lives(login.token)
                fixture.advance(.seconds(2))
                let lives = try await (fixture.lives(login.token), fixture.lives(next))
                #expect(oldLives && lives == (false, true))
            }
        }

        @Test func `that a session was seen is written once a minute, with where`() async throws {
            try await Fixture.run { fixture in
                fixture.profile.add("ana@example.com")
                let login = try await fixture.login()
                // The list of changes begins anew with the connection.
                _ = try await fixture.verify(login.token)
                _ = try await fixture.commands()
                for _ in 0..<50 { _ = try await fixture.verify(login.token, address: "192.0.2.9") }
                let quiet = try await fixture.commands()
                #expect(quiet == ["mget": 50], "one command each: \(quiet)")
                fixture.advance(.seconds(61))
                for _ in 0..<50 { _ = try await fixture.verify(login.token, address: "192.0.2.9") }
                let busy = try await fixture.commands()
                #expect(busy["set"] == 1)
                let list = try await fixture.auth.listSessions(.init(), fixture.context(login.session))
                #expect(list.items.first?.address == "192.0.2.9")
                #expect(list.items.first?.lastSeenAt.seconds == fixture.now.secondsSinceEpoch)
            }
        }

        @Test func `the list has the live ones, and says which is this`() async throws {
            try await Fixture.run { fixture in
                fixture.profile.add("ana@example.com")
                fixture.profile.add("eva@example.com")
                let firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
                let first = try await fixture.login(agent: firefox)
                fixture.advance(.seconds(5))
                let second = try await fixture.login(address: "2001:db8::1", agent: "curl/8")
                _ = try await fixture.login("eva@example.com")
                let list = try await fixture.auth.listSessions(.init(), fixture.context(first.session)).items
                #expect(list.map(\.id) == [second.session.id, first.session.id])
                #expect(list.map(\.current) == [false, true])
                #expect(list.map(\.device) == ["curl", "Firefox on Linux"])
                #expect(list.map(\.address) == ["2001:db8::1", "192.0.2.1"] && list[1].userAgent == firefox)
                #expect(!list.contains { $0.id == first.token })
            }
        }

        @Test func `the twenty-first session ends the one that was idle longest`() async throws {
            try await Fixture.run { fixture in
                fixture.profile.add("ana@example.com")
                var logins: [AuthLoginResponse] = []
                for _ in 0..<20 {
                    logins.append(try await fixture.login(remember: logins.isEmpty))
                    fixture.advance(.seconds(61))
                }
                // The first was seen again, so the second is the one.
                _ = try await fixture.verify(logins[0].token)
                _ = try await fixture.login()
                let lives = try await (fixture.lives(logins[0].token), fixture.lives(logins[1].token))
                #expect(lives == (true, false))
                let list = try await fixture.auth.listSessions(.init(), fixture.context(logins[0].session))
                #expect(list.items.count == 20)
            }
        }

        @Test func `the index goes with the last session, by itself`() async throws {
            let settings = ["LONJA_AUTH_SESSION_IDLE": "60s", "LONJA_AUTH_SESSION_LIFETIME": "60s"]
            try await Fixture.run(settings) { fixture in
                let user = fixture.profile.add("ana@example.com")
                let login = try await fixture.login()
                let left = try await fixture.client.command("PTTL", ["auth:{\(user)}:x"]).integer()
                #expect((1...60_000).contains(left))
                _ = try await fixture.auth.logout(.with { $0.token = login.token }, fixture.anonymous())
                let exists = try await fixture.client.command("EXISTS", ["auth:{\(user)}:x"]).integer()
                #expect(exists == 0)
            }
        }

        /// Attack 7.
        @Test func `a session key is good as long as its session`() async throws {
            try await Fixture.run { fixture in
                fixture.profile.add("ana@example.com")
                let login = try await fixture.login()
                let key = try await fixture.auth.issueSessionKey(.init(), fixture.context(login.session))
                let verified = try #require(try await fixture.verify(key.token))
                #expect(verified.session.id == login.session.id && verified.session.csrfToken.isEmpty)
                let keys = try await fixture.auth.getKeys(.init(), fixture.anonymous())
                #expect(keys.jwks.contains("\"P-256\""))
                _ = try await fixture.auth.logout(.with { $0.token = login.token }, fixture.anonymous())
                let lives = try await fixture.lives(key.token)
                #expect(!lives)
                let refused = await fixture.refusal {
                    _ = try await fixture.auth.issueSessionKey(.init(), fixture.context(login.session))
                }
                #expect(refused?.code == .unauthenticated)
            }
        }
    }
}
