import Contracts
import Foundation
import Postgres
import RPC
import Synchronization
import Testing

@testable import ProfileService

extension IntegrationTests {
    @Suite
    struct ClientTests {
        @Test(.timeLimit(.minutes(1)))
        func aRemovedClientLeavesOnlyTheLedger() async throws {
            try await ProfileFixture.with { profile in
                let id = try await profile.adopt("s1", "g@example.com").account.userID
                _ = try await profile.put(id, PhotoFiles.read("good.jpg"))
                _ = try await profile.hold("o1", id, "10")
                for ago: Int64? in [nil, 601, -3600] {
                    let error = await refusal {
                        _ = try await profile.client.deleteProfile(.init(), profile.context(id, ago: ago))
                    }
                    #expect(error?.code == .permissionDenied && error?.reason == "reauthentication-required")
                }
                _ = try await profile.client.deleteProfile(.init(), profile.context(id, ago: 599))
                #expect(profile.auth.forgotten == [id])
                #expect(try FileManager.default.contentsOfDirectory(atPath: profile.images).isEmpty)
                let errors = [
                    await refusal { _ = try await profile.person(id) },
                    await refusal { _ = try await profile.photo(id) },
                    await refusal { _ = try await profile.client.deleteProfile(.init(), profile.context(id)) },
                    await refusal { _ = try await profile.put(id, [0xFF]) },
                ]
                #expect(errors.allSatisfy { $0?.code == .notFound })
                let rows = try await profile.database.query(
                    """
                    SELECT given_name || family_name || COALESCE(email, '') || COALESCE(email_key, '')
                        || COALESCE(password, ''),
                        (SELECT count(*) FROM identities), (SELECT count(*) FROM departures) FROM accounts
                    """
                )
                let (text, identities, departures) = try #require(rows.first).decode(String.self, Int.self, Int.self)
                #expect(text.isEmpty && identities == 0 && departures == 0)
                // What was held is settled all the same.
                #expect(try await profile.capture("o1", "10").text == "99990.00/0.00")
                try await profile.checkBooks()
                // The address and the identity are free again.
                #expect(try await profile.adopt("s1", "g@example.com").outcome == .created)
            }
        }

        /// Auth is away, or the process ends in the middle: what is noted is finished later.
        @Test(.timeLimit(.minutes(1)))
        func anInterruptedRemovalIsFinished() async throws {
            try await ProfileFixture.with { profile in
                let id = try await profile.verified("a@example.com")
                _ = try await profile.put(id, PhotoFiles.read("good.jpg"))
                profile.auth.fail(1)
                _ = try await profile.client.deleteProfile(.init(), profile.context(id))
                #expect(profile.auth.forgotten.isEmpty)
                let other = try await profile.verified("b@example.com")
                _ = try await profile.put(other, PhotoFiles.read("good.jpg"))
                // As after a kill behind the commit.
                try await profile.service.accounts.remove(#require(PostgresUUID(parsing: other)), by: nil)
                await profile.service.departures.recover()
                #expect(profile.auth.forgotten.isEmpty)
                try await profile.database.execute("UPDATE departures SET since = since - interval '1 minute'")
                profile.auth.fail(1)
                await profile.service.departures.recover()
                #expect(profile.auth.forgotten == [other])
                await profile.service.departures.recover()
                #expect(profile.auth.forgotten == [other, id])
                #expect(try FileManager.default.contentsOfDirectory(atPath: profile.images).isEmpty)
                let left = try await profile.database.query("SELECT count(*) FROM departures")
                #expect(try left.first?.value(at: 0, as: Int.self) == 0)
            }
        }

        /// Attack 18: the password or a recent login is needed, and the answer does not say who has the address.
        @Test(.timeLimit(.minutes(1)))
        func aNewAddressNeedsThePassword() async throws {
            try await ProfileFixture.with { profile in
                let id = try await profile.verified("a@example.com")
                _ = try await profile.verified("taken@example.com")
                func change(_ id: String, _ email: String, _ password: String, ago: Int64? = 1) async -> RPCError? {
                    var request = ProfileChangeEmailRequest()
                    request.email = email
                    request.password = password
                    let sent = request
                    return await refusal {
                        _ = try await profile.client.changeEmail(sent, profile.context(id, ago: ago))
                    }
                }
                let wrong = await change(id, "new@example.com", "wrong")
                #expect(wrong?.code == .unauthenticated && wrong?.reason == "wrong-password")
                let empty = await change(id, "new@example.com", "")
                #expect(empty?.reason == "wrong-password" && profile.auth.changes.isEmpty)
                let invalid = await change(id, "no address", ProfileFixture.password)
                #expect(invalid?.code == .invalidArgument)
                for email in ["New@EXAMPLE.com", "taken@example.com"] {
                    let answer = await change(id, email, ProfileFixture.password)
                    #expect(answer == nil)
                }
                #expect(profile.auth.changes.map(\.newEmail) == ["New@example.com", "taken@example.com"])
                #expect(profile.auth.changes.allSatisfy { $0.userID == id && $0.name == "Ana" && $0.language == "es" })
                let address = profile.auth.state.withLock { $0.contexts.first?.clientAddress }
                #expect(address == "192.0.2.7")
                // The fifth attempt is the last for a while.
                _ = await change(id, "new@example.com", "wrong")
                let limited = await change(id, "new@example.com", ProfileFixture.password)
                #expect(limited?.code == .resourceExhausted && limited?.retryAfter != nil)

                let google = try await profile.adopt("s1", "g@example.com").account.userID
                let old = await change(google, "new@example.com", "", ago: 700)
                #expect(old?.reason == "reauthentication-required")
                let recent = await change(google, "new@example.com", "")
                #expect(recent == nil && profile.auth.changes.count == 3)
            }
        }

        @Test(.timeLimit(.minutes(1)))
        func anExportHasEverything() async throws {
            try await ProfileFixture.with { profile in
                let id = try await profile.adopt("s\"1", "g@example.com").account.userID
                _ = try await profile.put(id, PhotoFiles.read("good.jpg"))
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for number in 0..<300 { group.addTask { _ = try await profile.hold("o\(number)", id, "1") } }
                    try await group.waitForAll()
                }
                let bytes = try await profile.client.exportProfile(.init(), profile.context(id)) {
                    try await ProfileFixture.collect($0)
                }
                let json = try #require(try JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any])
                let account = try #require(json["account"] as? [String: Any])
                #expect(account["email"] as? String == "g@example.com" && account["userId"] as? String == id)
                let identities = try #require(json["identities"] as? [[String: Any]])
                #expect(identities.first?["subject"] as? String == "s\"1")
                #expect((json["balances"] as? [[String: Any]])?.first?["held"] as? String == "300.00")
                let postings = try #require(json["postings"] as? [[String: Any]])
                #expect(postings.count == 601 && postings.last?["kind"] as? String == "deposit")
                let photo = try #require((json["photo"] as? String).flatMap { Data(base64Encoded: $0) })
                let kept = try await profile.photo(id)
                #expect(Array(photo) == kept.jpeg)
                #expect(!bytes.contains(text: "argon2"))
            }
        }
    }
}
