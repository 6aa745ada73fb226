import Config
import Contracts
import Postgres
import RPC
import Testing

@testable import ProfileService

extension IntegrationTests {
    @Suite
    struct AccountTests {
        @Test(.timeLimit(.minutes(1)))
        func anAccountIsMadeVerifiedAndShown() async throws {
            try await ProfileFixture.with { profile in
                let made = try await profile.create("Ana@Example.COM")
                #expect(!made.exists && !made.account.emailVerified && made.account.hasPassword_p)
                #expect(made.account.email == "Ana@example.com" && made.account.language == "es")
                let before = try await profile.person(made.account.userID)
                #expect(before.balances.isEmpty)
                let confirmed = try await profile.confirm(made.account.userID, "Ana@Example.COM")
                #expect(confirmed.account.emailVerified && confirmed.previousEmail == "Ana@example.com")
                _ = try await profile.confirm(made.account.userID, "ana@example.com")
                let person = try await profile.person(made.account.userID)
                #expect(person.givenName == "Ana" && person.familyName == "García" && person.emailVerified)
                #expect(person.balances.count == 1 && person.balances.first?.available.amount == "100000.00")
                #expect(person.walletID == before.walletID && !person.walletID.isEmpty)
                let account = try await profile.verify("ANA@example.com", ProfileFixture.password)
                #expect(account.userID == made.account.userID)
            }
        }

        /// Attack 1: the first password of an unverified account is replaced; a verified one stays as it is.
        @Test(.timeLimit(.minutes(1)))
        func whoRegistersAgainReplacesOnlyWhatIsUnverified() async throws {
            try await ProfileFixture.with { profile in
                let first = try await profile.create("a@example.com", password: "the first password")
                var before = profile.hashes
                let second = try await profile.create("A@example.com", password: "the second password", given: "Bea")
                #expect(second.account.userID == first.account.userID && !second.exists)
                #expect(profile.hashes == before + 1)
                let replaced = await refusal { _ = try await profile.verify("a@example.com", "the first password") }
                #expect(replaced?.code == .unauthenticated)
                _ = try await profile.verify("a@example.com", "the second password")
                _ = try await profile.confirm(first.account.userID, "A@example.com")
                before = profile.hashes
                let third = try await profile.create("a@EXAMPLE.com", password: "the third password", given: "Eva")
                #expect(third.exists && third.account.userID == first.account.userID)
                #expect(profile.hashes == before + 1)
                let person = try await profile.person(first.account.userID)
                #expect(person.givenName == "Bea" && person.email == "A@example.com")
                _ = try await profile.verify("a@example.com", "the second password")
            }
        }

        @Test(.timeLimit(.minutes(1)))
        func thePasswordIsReplacedAndTheEpochRises() async throws {
            try await ProfileFixture.with { profile in
                let made = try await profile.create("a@example.com").account
                var request = ProfileSetPasswordRequest()
                request.userID = made.userID
                request.password = "another password 1"
                request.emailVerified = true
                let account = try await profile.client.setPassword(request, profile.context())
                #expect(account.epoch == made.epoch + 1 && account.emailVerified)
                let person = try await profile.person(made.userID)
                #expect(person.balances.first?.available.amount == "100000.00")
                let old = await refusal { _ = try await profile.verify("a@example.com", ProfileFixture.password) }
                #expect(old?.code == .unauthenticated && old?.reason == "wrong-password")
                _ = try await profile.verify("a@example.com", "another password 1")
                var raise = ProfileRaiseEpochRequest()
                raise.userID = made.userID
                let raised = try await profile.client.raiseEpoch(raise, profile.context())
                #expect(raised.epoch == made.epoch + 2)
            }
        }

        @Test(.timeLimit(.minutes(1)))
        func whatIsNoAccountIsRefusedByField() async throws {
            try await ProfileFixture.with { profile in
                let cases: [(String, String, String, String)] = [
                    ("no address", "a b c d", "Ana", "email"), ("a@example.com", "", "Ana", "password"),
                    ("a@example.com", "a\u{0}b", "Ana", "password"), ("a@example.com", "fine", " ", "givenName"),
                    ("a@example.com", "fine", "A\u{202E}na", "givenName"),
                ]
                for (email, password, name, field) in cases {
                    let error = await refusal {
                        _ = try await profile.create(email, password: password, given: name)
                    }
                    #expect(error?.code == .invalidArgument && error?.message.hasPrefix(field) == true)
                }
                #expect(profile.hashes == 0)
            }
        }

        /// The unique index decides; whoever only claimed an address makes room for whoever owns it.
        @Test(.timeLimit(.minutes(1)))
        func oneOfTwoGetsTheAddress() async throws {
            try await ProfileFixture.with { profile in
                let ids = [
                    try await profile.verified("a@example.com"), try await profile.verified("b@example.com"),
                ]
                _ = try await profile.create("new@example.com")
                let won = await withTaskGroup(of: RPCError?.self) { group in
                    for id in ids {
                        group.addTask { await refusal { _ = try await profile.confirm(id, "NEW@example.com") } }
                    }
                    var errors: [RPCError?] = []
                    for await error in group { errors.append(error) }
                    return errors
                }
                #expect(won.filter { $0 == nil }.count == 1)
                let lost = won.compactMap { $0 }
                #expect(lost.first?.code == .alreadyExists && lost.first?.reason == "email-taken")
                let taken = try await profile.verify("new@example.com", ProfileFixture.password)
                #expect(ids.contains(taken.userID) && taken.emailVerified)
            }
        }

        /// Attack 33: what is no field of the request cannot come; what is one is checked.
        @Test(.timeLimit(.minutes(1)))
        func theProfileChangesWhatIsGiven() async throws {
            try await ProfileFixture.with { profile in
                let id = try await profile.verified("a@example.com")
                let before = try await profile.person(id)
                var request = ProfileUpdateProfileRequest()
                request.familyName = "  Pe\u{301}rez "
                request.version = before.version
                let after = try await profile.client.updateProfile(request, profile.context(id))
                #expect(
                    after.givenName == "Ana" && after.familyName.unicodeScalars.elementsEqual("Pérez".unicodeScalars)
                )
                #expect(after.version == before.version + 1 && after.walletID == before.walletID)
                #expect(after.email == before.email && after.balances == before.balances)
                let stale = await refusal { _ = try await profile.client.updateProfile(request, profile.context(id)) }
                #expect(stale?.code == .aborted && stale?.reason == "version-conflict")
                for (field, change) in [
                    ("givenName", { (r: inout ProfileUpdateProfileRequest) in r.givenName = "" }),
                    ("familyName", { $0.familyName = String(repeating: "x", count: 101) }),
                    ("language", { $0.language = "fr" }),
                ] as [(String, (inout ProfileUpdateProfileRequest) -> Void)] {
                    var request = ProfileUpdateProfileRequest()
                    change(&request)
                    let wrong = request
                    let error = await refusal { _ = try await profile.client.updateProfile(wrong, profile.context(id)) }
                    #expect(error?.code == .invalidArgument && error?.message.hasPrefix(field) == true)
                }
            }
        }

        /// Attack 34: who is asked for is who the call is made for, and nobody else can be named.
        @Test(.timeLimit(.minutes(1)))
        func nobodyIsNotFound() async throws {
            try await ProfileFixture.with { profile in
                _ = try await profile.verified("a@example.com")
                for id in [
                    "00000000-0000-4000-8000-000000000000", "../x", "%2e%2e", "a\u{301}", "/etc/passwd",
                    String(repeating: "x", count: 60),
                ] {
                    let error = await refusal { _ = try await profile.person(id) }
                    // What metadata cannot carry does not even arrive.
                    #expect(error?.code == .notFound || error?.code == .unauthenticated)
                }
                let none = await refusal {
                    _ = try await profile.client.getProfile(ProfileGetProfileRequest(), profile.context())
                }
                #expect(none?.code == .unauthenticated)
            }
        }

        @Test(.timeLimit(.minutes(1)))
        func anAccountIsFoundByEachKey() async throws {
            try await ProfileFixture.with { profile in
                let adopted = try await profile.adopt("s1", "g@example.com").account
                func get(_ set: (inout ProfileGetAccountRequest) -> Void) async throws -> ProfileAccount {
                    var request = ProfileGetAccountRequest()
                    set(&request)
                    return try await profile.client.getAccount(request, profile.context())
                }
                let found = [
                    try await get { $0.userID = adopted.userID }, try await get { $0.email = "G@EXAMPLE.com" },
                    try await get {
                        $0.identity.issuer = "https://issuer.example"
                        $0.identity.subject = "s1"
                    },
                ]
                #expect(found.allSatisfy { $0 == adopted })
                let errors = [
                    await refusal { _ = try await get { $0.email = "x@example.com" } },
                    await refusal { _ = try await get { $0.email = "nothing" } },
                    await refusal { _ = try await get { _ in } },
                ]
                #expect(errors.map { $0?.code } == [.notFound, .notFound, .invalidArgument])
            }
        }

        @Test func withoutADatabaseItRefusesToStart() async throws {
            let error = ProfileSettings.missingDatabase()
            #expect(error.description.contains("profile.postgres.host") && !error.description.contains("\n"))
        }
    }
}
