import Contracts
import Foundation
import Postgres
import RPC
import Testing

@testable import ProfileService

extension IntegrationTests {
    @Suite
    struct IdentityTests {
        @Test(.timeLimit(.minutes(1)))
        func anIdentityIsCreatedAndKnown() async throws {
            try await ProfileFixture.with { profile in
                let made = try await profile.adopt("s1", "g@example.com")
                #expect(made.outcome == .created && made.account.emailVerified && !made.account.hasPassword_p)
                #expect(made.account.language == "en" && made.account.givenName == "Gina")
                // Known by its subject, whatever its address is now.
                let again = try await profile.adopt("s1", "other@example.com")
                #expect(again.outcome == .known && again.account == made.account)
                let person = try await profile.person(made.account.userID)
                #expect(person.balances.map(\.text) == ["100000.00/0.00"] && person.email == "g@example.com")
            }
        }

        /// Attack 16: of whoever registered somebody else's address nothing is left.
        @Test(.timeLimit(.minutes(1)))
        func anUnverifiedAccountIsTakenOver() async throws {
            try await ProfileFixture.with { profile in
                let squatter = try await profile.create("v@example.com", given: "Mallory").account
                _ = try await profile.put(squatter.userID, PhotoFiles.read("good.jpg"))
                let taken = try await profile.adopt("s1", "V@example.com")
                #expect(taken.outcome == .takenOver && taken.account.userID == squatter.userID)
                #expect(taken.account.epoch == squatter.epoch + 1 && !taken.account.hasPassword_p)
                let person = try await profile.person(squatter.userID)
                #expect(person.givenName == "Gina" && person.familyName == "Google" && !person.hasPhoto_p)
                #expect(person.balances.map(\.text) == ["100000.00/0.00"])
                let login = await refusal { _ = try await profile.verify("v@example.com", ProfileFixture.password) }
                #expect(login?.code == .unauthenticated)
                let photo = await refusal { _ = try await profile.photo(squatter.userID) }
                #expect(photo?.code == .notFound)
                #expect(try FileManager.default.contentsOfDirectory(atPath: profile.images).isEmpty)
            }
        }

        /// Attacks 16 and 17: a verified account is only named, and never linked by its address alone.
        @Test(.timeLimit(.minutes(1)))
        func aVerifiedAccountIsNotTouched() async throws {
            try await ProfileFixture.with { profile in
                let id = try await profile.verified("v@example.com")
                let before = try await profile.person(id)
                let found = try await profile.adopt("s1", "v@example.com")
                #expect(found.outcome == .linkRequired && found.account.userID == id)
                var link = ProfileLinkIdentityRequest()
                link.userID = id
                link.identity.issuer = "https://issuer.example"
                link.identity.subject = "s1"
                for _ in 0..<2 { _ = try await profile.client.linkIdentity(link, profile.context()) }
                #expect(try await profile.adopt("s1", "v@example.com").outcome == .known)
                // Somebody else has the address now.
                let recycled = try await profile.adopt("s2", "v@example.com")
                #expect(recycled.outcome == .conflict && recycled.account.userID == id)
                #expect(try await profile.person(id) == before)
                link.identity.subject = "s2"
                let second = link
                let error = await refusal { _ = try await profile.client.linkIdentity(second, profile.context()) }
                #expect(error?.code == .alreadyExists && error?.reason == "identity-linked")
                let other = try await profile.verified("w@example.com")
                link.userID = other
                link.identity.subject = "s1"
                let foreign = link
                let taken = await refusal { _ = try await profile.client.linkIdentity(foreign, profile.context()) }
                #expect(taken?.code == .alreadyExists)
            }
        }

        @Test(.timeLimit(.minutes(1)))
        func manyAtOnceMakeOneAccount() async throws {
            try await ProfileFixture.with(loops: 2) { profile in
                let found = try await withThrowingTaskGroup(of: ProfileAdoptIdentityResponse.self) { group in
                    for _ in 0..<16 { group.addTask { try await profile.adopt("s1", "g@example.com") } }
                    var all: [ProfileAdoptIdentityResponse] = []
                    for try await one in group { all.append(one) }
                    return all
                }
                #expect(Set(found.map(\.account.userID)).count == 1)
                #expect(found.filter { $0.outcome == .created }.count == 1)
                #expect(found.filter { $0.outcome == .known }.count == 15)
                try await profile.checkBooks()
            }
        }
    }
}
