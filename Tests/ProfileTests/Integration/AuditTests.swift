import Contracts
import Postgres
import RPC
import Testing

@testable import ProfileService

extension IntegrationTests {
    @Suite
    struct AuditTests {
        /// A client with a hold of each state and a credit.
        private static func trade(_ profile: ProfileFixture) async throws -> String {
            let id = try await profile.verified("a@example.com")
            for hold in ["o1", "o2", "o3"] { _ = try await profile.hold(hold, id, "1000") }
            _ = try await profile.capture("o1", "600.50")
            _ = try await profile.release("o2")
            _ = try await profile.credit("s1", id, "12.34")
            return id
        }

        @Test(.timeLimit(.minutes(1)))
        func booksThatAddUpAreClean() async throws {
            try await ProfileFixture.with { profile in
                _ = try await Self.trade(profile)
                let answer = try await profile.client.auditLedger(ProfileAuditLedgerRequest(), profile.context())
                #expect(answer.findings.isEmpty)
            }
        }

        @Test(
            .timeLimit(.minutes(1)),
            arguments: [
                ("UPDATE balances SET available = available + 1", 1),
                ("UPDATE balances SET held = held + 1, available = available - 1", 2),
                ("UPDATE holds SET amount = amount + 1 WHERE hold_id = 'o3'", 2),
                ("UPDATE holds SET state = 'released' WHERE hold_id = 'o3'", 2),
                ("UPDATE transfers SET amount = amount + 1 WHERE kind = 'capture'", 2),
                ("DELETE FROM transfers WHERE kind = 'release' AND entry_id = 'o2'", 2),
                ("DELETE FROM transfers WHERE kind = 'deposit'", 2),
            ]
        )
        func whatDoesNotAddUpIsFound(_ change: String, _ count: Int) async throws {
            try await ProfileFixture.with { profile in
                _ = try await Self.trade(profile)
                try await profile.database.execute("\(unsafeSQL: change)")
                let answer = try await profile.client.auditLedger(ProfileAuditLedgerRequest(), profile.context())
                #expect(answer.findings.count == count, "\(answer.findings)")
            }
        }

        @Test(.timeLimit(.minutes(1)))
        func entriesAreReadByIdAndInPages() async throws {
            try await ProfileFixture.with { profile in
                let id = try await Self.trade(profile)
                var request = ProfileListEntriesRequest()
                request.entryIds = ["o1", "s1", "none"]
                let some = try await profile.client.listEntries(request, profile.context())
                let texts = some.items.map { "\($0.kind) \($0.entryID) \($0.amount.amount)" }
                #expect(
                    texts == ["hold o1 1000.00", "capture o1 600.50", "release o1 399.50", "credit s1 12.34"]
                )
                #expect(some.items.allSatisfy { $0.userID == id } && some.nextCursor.isEmpty)

                request.entryIds = []
                request.pageSize = 3
                var pages: [Int] = []
                repeat {
                    let page = try await profile.client.listEntries(request, profile.context())
                    pages.append(page.items.count)
                    request.cursor = page.nextCursor
                } while !request.cursor.isEmpty
                #expect(pages == [3, 3, 1])

                request.cursor = "!"
                let refused = await refusal { _ = try await profile.client.listEntries(request, profile.context()) }
                #expect(refused?.code == .invalidArgument)
                request.entryIds = Array(repeating: "x", count: 501)
                let many = await refusal { _ = try await profile.client.listEntries(request, profile.context()) }
                #expect(many?.code == .invalidArgument)
            }
        }
    }
}
