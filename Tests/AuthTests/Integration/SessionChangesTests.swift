import Contracts
import Observe
import RPC
import Reactor
import SwiftProtobuf
import TestServers
import Testing
import Valkey

@testable import AuthService

extension Integration {
    /// What is told to those who keep answers of VerifySession.
    @Suite struct SessionChangesTests {
        static func changes(_ fixture: Fixture, since position: Int64) async throws -> AuthListSessionChangesResponse {
            try await fixture.auth.listSessionChanges(.with { $0.since = position }, fixture.anonymous())
        }

        /// Verified until it may be kept: the first answers come while connections are made.
        static func kept(_ fixture: Fixture, _ token: String) async throws -> AuthVerifySessionResponse {
            for _ in 0..<4 {
                let answer = try #require(try await fixture.verify(token))
                if answer.position > 0 { return answer }
            }
            throw RPCError(.internalError, "no answer may be kept")
        }

        @Test func `an answer holds until the session is to be written or ends`() async throws {
            try await Fixture.run { fixture in
                fixture.profile.add("ana@example.com")
                let login = try await fixture.login()
                let first = try await Self.kept(fixture, login.token)
                #expect((59_000...60_000).contains(first.holdsMilliseconds))
                fixture.advance(.seconds(40))
                let later = try #require(try await fixture.verify(login.token))
                #expect((19_000...20_000).contains(later.holdsMilliseconds))
                #expect(later.position == first.position)
                // Seen, which is written, and is nobody's business.
                fixture.advance(.seconds(30))
                let seen = try #require(try await fixture.verify(login.token))
                #expect((59_000...60_000).contains(seen.holdsMilliseconds))
                let told = try await Self.changes(fixture, since: first.position)
                #expect(told.position == first.position && told.userIds.isEmpty && !told.incomplete)
                // A new token: neither that answer nor those to the old token are kept, and all others must ask anew.
                for _ in 0..<3 {
                    fixture.advance(.seconds(1200))
                    _ = try? await fixture.verify(login.token)
                }
                let after = try await Self.changes(fixture, since: first.position)
                #expect(after.userIds == [login.session.userID])
                let old = try #require(try await fixture.verify(login.token))
                #expect(!old.newToken.isEmpty && old.holdsMilliseconds == 0 && old.position == 0)
                let new = try #require(try await fixture.verify(old.newToken))
                #expect(new.holdsMilliseconds > 0 && new.position == after.position)
            }
        }

        @Test func `who keeps an answer is told what ends it, by whichever process it was done`() async throws {
            try await Fixture.run { fixture in
                fixture.profile.add("ana@example.com")
                fixture.profile.add("eva@example.com")
                let (mine, second) = try await (fixture.login(), fixture.login())
                let eva = try await fixture.login("eva@example.com")
                // Another process, which has begun by the time that an answer is kept.
                let other = SessionChanges(store: fixture.client)
                for _ in 0..<3 { _ = try await other.since(0, by: nil) }
                var position = try await Self.kept(fixture, mine.token).position
                func told() async throws -> [String] {
                    let (answer, others) = try await (
                        Self.changes(fixture, since: position), other.since(Int(position), by: nil)
                    )
                    #expect(answer.userIds == others.users && Int(answer.position) == others.position)
                    #expect(!answer.incomplete && !others.isIncomplete)
                    position = answer.position
                    return answer.userIds.sorted()
                }
                let (ana, evas) = (mine.session.userID, eva.session.userID)
                // A login ends nobody's session.
                _ = try await fixture.login()
                let told1 = try await told()
                #expect(told1.isEmpty)
                // What is read after it was answered that a session is over has it.
                let revoked = await RevocationTests.revoke(second.session.id, fixture, by: mine.session)
                #expect(revoked == nil)
                let told2 = try await told()
                #expect(told2 == [ana])
                let told3 = try await told()
                #expect(told3 == [])
                _ = try await fixture.auth.revokeOtherSessions(.init(), fixture.context(mine.session))
                _ = try await fixture.auth.logout(.with { $0.token = eva.token }, fixture.context(eva.session))
                let told4 = try await told()
                #expect(told4 == [ana, evas].sorted())
                _ = try await fixture.auth.changePassword(
                    .with {
                        $0.current = Fixture.password
                        $0.new = "a longer horse battery staple"
                    },
                    fixture.context(mine.session)
                )
                let told5 = try await told()
                #expect(told5 == [ana], "the session that stays gets a new token")
                _ = try await fixture.auth.forgetClient(.with { $0.userID = ana }, fixture.anonymous())
                let told6 = try await told()
                #expect(told6 == [ana])
            }
        }

        @Test func `a login that pushes the oldest session out says so`() async throws {
            try await Fixture.run { fixture in
                fixture.profile.add("ana@example.com")
                let first = try await fixture.login()
                let position = try await Self.kept(fixture, first.token).position
                for _ in 0..<19 { _ = try await fixture.login() }
                let full = try await Self.changes(fixture, since: position)
                #expect(full.userIds.isEmpty)
                _ = try await fixture.login()
                let told = try await Self.changes(fixture, since: position)
                #expect(told.userIds == [first.session.userID])
            }
        }

        @Test func `more changes than can be told are told as too many`() async throws {
            try await Fixture.run { fixture in
                let store = fixture.service.sessions
                let changes = fixture.service.changes
                func open(_ count: Int) async throws -> [Identifier] {
                    var users: [Identifier] = []
                    for _ in 0..<count {
                        let user = Identifier.random()
                        users.append(user)
                        let opened = try await store.open(
                            user,
                            epoch: 0,
                            isRemembered: false,
                            isEmailVerified: true,
                            address: "",
                            agent: "",
                            by: nil
                        )
                        #expect(opened != nil)
                    }
                    return users
                }
                let users = try await open(SessionChanges.most + 1)
                var start = try await changes.since(0, by: nil).position
                if start == 0 { start = try await changes.since(0, by: nil).position }
                for user in users.dropLast() { try await store.end(.all, of: user, by: nil) }
                let all = try await changes.since(start, by: nil)
                #expect(!all.isIncomplete)
                #expect(all.position == start + SessionChanges.most)
                #expect(Set(all.users) == Set(users.dropLast().map(\.text)))
                try await store.end(.all, of: users[SessionChanges.most], by: nil)
                let more = try await changes.since(start, by: nil)
                #expect(more.isIncomplete)
                let rest = try await changes.since(all.position, by: nil)
                #expect(rest == .init(position: more.position, users: [users[SessionChanges.most].text]))
                // What was never given, and what is still to come, says nothing.
                for position in [0, -1, more.position + 1] {
                    let answer = try await changes.since(position, by: nil)
                    #expect(answer.isIncomplete && answer.position == more.position)
                }
            }
        }

        /// A store that another takes the place of, or that was emptied, does not go on where it was.
        @Test func `after a lost connection or an emptied store everything must be verified`() async throws {
            try await Fixture.run { fixture in
                fixture.profile.add("ana@example.com")
                let login = try await fixture.login()
                let position = try await Self.kept(fixture, login.token).position
                _ = try await fixture.client.command("FLUSHALL")
                let emptied = try await Self.changes(fixture, since: position)
                #expect(emptied.position == 0 && emptied.incomplete)
                // The first change of an emptied store has a number that was never given.
                let again = try await fixture.login()
                let user = try #require(Identifier(again.session.userID))
                try await fixture.service.sessions.end(.all, of: user, by: nil)
                let first = try await Self.changes(fixture, since: position)
                #expect(first.incomplete && first.position > position + Int64(SessionChanges.most))

                let before = first.position
                fixture.server.kill()
                try await fixture.server.start()
                var answer = AuthListSessionChangesResponse()
                for _ in 0..<50 where answer.position == 0 {
                    answer = (try? await Self.changes(fixture, since: before)) ?? answer
                    if answer.position == 0 { try await Task.sleep(for: .milliseconds(50)) }
                }
                #expect(answer.incomplete && answer.position > before + Int64(SessionChanges.most))
            }
        }
    }
}
