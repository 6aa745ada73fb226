import Contracts
import Money
import Postgres
import RPC
import Reactor
import TestServers
import Testing

@testable import ProfileService

/// Short forms of wallet's calls.
extension ProfileFixture {
    func hold(_ id: String, _ client: String, _ amount: String, _ currency: String = "USD") async throws
        -> ProfileBalance
    {
        var request = ProfileHoldCashRequest()
        request.holdID = id
        request.userID = client
        request.amount.amount = amount
        request.amount.currency = currency
        return try await self.client.holdCash(request, context())
    }

    func capture(_ id: String, _ amount: String, _ currency: String = "USD") async throws -> ProfileBalance {
        var request = ProfileCaptureHoldRequest()
        request.holdID = id
        request.amount.amount = amount
        request.amount.currency = currency
        return try await client.captureHold(request, context())
    }

    func release(_ id: String) async throws -> ProfileBalance {
        var request = ProfileReleaseHoldRequest()
        request.holdID = id
        return try await client.releaseHold(request, context())
    }

    func credit(_ id: String, _ client: String, _ amount: String, _ currency: String = "USD") async throws
        -> ProfileBalance
    {
        var request = ProfileCreditCashRequest()
        request.entryID = id
        request.userID = client
        request.amount.amount = amount
        request.amount.currency = currency
        return try await self.client.creditCash(request, context())
    }

    func getHold(_ id: String) async throws -> ProfileHold {
        var request = ProfileGetHoldRequest()
        request.holdID = id
        return try await client.getHold(request, context())
    }

    func postings(_ client: String, size: Int32 = 0, cursor: String = "") async throws -> ProfileListPostingsResponse {
        var request = ProfileListPostingsRequest()
        request.userID = client
        request.pageSize = size
        request.cursor = cursor
        return try await self.client.listPostings(request, context())
    }

    /// What must always be true: the books add up to zero, entry by entry; each balance is what was booked, and its held
    /// part what the open holds are; nothing is below zero.
    func checkBooks() async throws {
        let rows = try await database.query(
            """
            SELECT
                (SELECT COALESCE(sum(amount), 0) FROM postings),
                (SELECT count(*) FROM (
                    SELECT kind, entry_id FROM postings GROUP BY kind, entry_id HAVING sum(amount) <> 0) uneven),
                (SELECT count(*) FROM balances b WHERE available <> (
                    SELECT COALESCE(sum(amount), 0) FROM postings p
                    WHERE p.client = b.client AND p.currency = b.currency AND account = 'available')),
                (SELECT count(*) FROM balances b WHERE held <> (
                    SELECT COALESCE(sum(amount), 0) FROM postings p
                    WHERE p.client = b.client AND p.currency = b.currency AND account = 'held')),
                (SELECT count(*) FROM balances b WHERE held <> (
                    SELECT COALESCE(sum(amount), 0) FROM holds h
                    WHERE h.client = b.client AND h.currency = b.currency AND state = 'held')),
                (SELECT count(*) FROM balances WHERE available < 0 OR held < 0),
                (SELECT count(*) FROM transfers t WHERE kind = 'capture' AND NOT EXISTS (
                    SELECT FROM holds h WHERE h.hold_id = t.entry_id AND state = 'captured' AND captured = t.amount))
            """
        )
        let row = try #require(rows.first)
        #expect(try row.value(at: 0, as: ExactDecimal.self) == .zero)
        for column in 1...6 { #expect(try row.value(at: column, as: Int.self) == 0, "column \(column)") }
    }
}

extension ProfileBalance {
    /// "available/held".
    var text: String { "\(available.amount)/\(held.amount)" }
}

extension IntegrationTests {
    @Suite
    struct LedgerTests {
        @Test(.timeLimit(.minutes(1)))
        func cashIsHeldCapturedReleasedAndCredited() async throws {
            try await ProfileFixture.with { profile in
                let id = try await profile.verified("a@example.com")
                #expect(try await profile.hold("o1", id, "1000").text == "99000.00/1000.00")
                // The same again, and something else under the same id.
                #expect(try await profile.hold("o1", id, "1000.00").text == "99000.00/1000.00")
                let other = await refusal { _ = try await profile.hold("o1", id, "1000.01") }
                #expect(other?.code == .alreadyExists && other?.reason == "id-reused")
                #expect(try await profile.capture("o1", "600.50").text == "99399.50/0.00")
                #expect(try await profile.capture("o1", "600.5").text == "99399.50/0.00")
                let more = await refusal { _ = try await profile.capture("o1", "600.51") }
                #expect(more?.code == .alreadyExists)
                let late = await refusal { _ = try await profile.release("o1") }
                #expect(late?.code == .failedPrecondition && late?.reason == "hold-captured")
                let captured = try await profile.getHold("o1")
                #expect(captured.state == .captured && captured.captured.amount == "600.50" && captured.userID == id)

                #expect(try await profile.hold("o2", id, "99399.50").text == "0.00/99399.50")
                let poor = await refusal { _ = try await profile.hold("o3", id, "0.01") }
                #expect(poor?.code == .failedPrecondition && poor?.reason == "insufficient-funds")
                let large = await refusal { _ = try await profile.capture("o2", "99399.51") }
                #expect(large?.reason == "hold-too-small")
                #expect(try await profile.release("o2").text == "99399.50/0.00")
                #expect(try await profile.release("o2").text == "99399.50/0.00")
                let gone = await refusal { _ = try await profile.capture("o2", "1") }
                #expect(gone?.reason == "hold-released")

                #expect(try await profile.credit("f1", id, "0.5").text == "99400.00/0.00")
                #expect(try await profile.credit("f1", id, "0.50").text == "99400.00/0.00")
                let twice = await refusal { _ = try await profile.credit("f1", id, "0.51") }
                #expect(twice?.code == .alreadyExists)
                #expect(try await profile.credit("f2", id, "10", "EUR").text == "10.00/0.00")
                let balances = try await profile.person(id).balances
                #expect(balances.map(\.text) == ["10.00/0.00", "99400.00/0.00"])
                try await profile.checkBooks()
            }
        }

        @Test(.timeLimit(.minutes(1)))
        func whatMakesNoSenseIsRefused() async throws {
            try await ProfileFixture.with { profile in
                let id = try await profile.verified("a@example.com")
                for amount in ["0", "-1", "0.001", "1e3", "", "1000000000001", "NaN", " 1"] {
                    let error = await refusal { _ = try await profile.hold("o", id, amount) }
                    #expect(error?.code == .invalidArgument, "\(amount)")
                }
                for hold in ["", "a b", "a\u{0}", String(repeating: "x", count: 65), "../x'"] {
                    let error = await refusal { _ = try await profile.hold(hold, id, "1") }
                    #expect(error?.code == .invalidArgument, "\(hold)")
                }
                let unknown = await refusal { _ = try await profile.capture("none", "1") }
                #expect(unknown?.code == .notFound && unknown?.reason == "unknown-hold")
                let nobody = await refusal {
                    _ = try await profile.credit("f", "00000000-0000-4000-8000-000000000000", "1")
                }
                #expect(nobody?.code == .notFound)
                let foreign = await refusal { _ = try await profile.hold("o", id, "1", "EUR") }
                #expect(foreign?.reason == "insufficient-funds")
                _ = try await profile.hold("o", id, "1")
                let currency = await refusal { _ = try await profile.capture("o", "1", "EUR") }
                #expect(currency?.code == .invalidArgument)
                try await profile.checkBooks()
            }
        }

        @Test(.timeLimit(.minutes(1)))
        func postingsArePagedFromTheNewest() async throws {
            try await ProfileFixture.with { profile in
                let id = try await profile.verified("a@example.com")
                _ = try await profile.verified("b@example.com")
                for number in 0..<5 { _ = try await profile.hold("o\(number)", id, "10") }
                _ = try await profile.capture("o0", "4")
                let all = try await profile.postings(id).items
                let kinds = all.map { "\($0.kind) \($0.account) \($0.amount.amount)" }
                // Released: two lines; captured: one, as the market is no account of the client's.
                #expect(
                    Array(kinds.prefix(5)) == [
                        "release held -6.00", "release available 6.00", "capture held -4.00",
                        "hold available -10.00", "hold held 10.00",
                    ]
                )
                #expect(kinds.last == "deposit available 100000.00" && kinds.count == 14)
                for size: Int32 in [1, 2, 3, 5, 14] {
                    var paged: [ProfilePosting] = []
                    var cursor = ""
                    var pages = 0
                    repeat {
                        let page = try await profile.postings(id, size: size, cursor: cursor)
                        #expect(page.items.count <= Int(size))
                        paged += page.items
                        cursor = page.nextCursor
                        pages += 1
                        // What is booked meanwhile moves no page.
                        if pages == 1 { _ = try await profile.credit("f\(size)", id, "0.01") }
                    } while !cursor.isEmpty
                    #expect(Array(paged.suffix(14)) == all && pages == (paged.count + Int(size) - 1) / Int(size))
                }
                let wrong = await refusal { _ = try await profile.postings(id, cursor: "nonsense") }
                #expect(wrong?.code == .invalidArgument)
            }
        }

        /// The starting sum comes once, however often and in whatever way an account is verified.
        @Test(.timeLimit(.minutes(1)))
        func theStartIsPaidOnce() async throws {
            try await ProfileFixture.with(environment: ["LONJA_PROFILE_STARTING_CASH": "5000 EUR"]) { profile in
                let id = try await profile.create("a@example.com").account.userID
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for _ in 0..<8 { group.addTask { _ = try await profile.confirm(id, "a@example.com") } }
                    try await group.waitForAll()
                }
                #expect(try await profile.person(id).balances.map(\.text) == ["5000.00/0.00"])
                try await profile.checkBooks()
            }
        }

        /// The same call many times at once, which takes all there is, is done once and answered alike.
        @Test(.timeLimit(.minutes(1)))
        func theSameAtOnceIsDoneOnce() async throws {
            try await ProfileFixture.with(loops: 2) { profile in
                let id = try await profile.verified("a@example.com")
                for round in 0..<10 {
                    let steps: [@Sendable () async throws -> ProfileBalance] = [
                        { try await profile.hold("o\(round)", id, "100000") },
                        { try await profile.capture("o\(round)", "40000") },
                        { try await profile.credit("f\(round)", id, "40000") },
                    ]
                    for step in steps {
                        let answers = try await withThrowingTaskGroup(of: String.self) { group in
                            for _ in 0..<12 {
                                group.addTask {
                                    let loop = profile.loops.next()
                                    return try await loop.run { try await step().text }
                                }
                            }
                            var answers: Set<String> = []
                            for try await answer in group { answers.insert(answer) }
                            return answers
                        }
                        #expect(answers.count == 1)
                    }
                }
                try await profile.checkBooks()
                let last = try await profile.person(id).balances.map(\.text)
                #expect(last == ["100000.00/0.00"])
            }
        }

        /// Random operations of several clients at once, each done twice or more, over connections that are killed all the
        /// time. What a call answered must be so at the end, and the books must add up.
        @Test(.timeLimit(.minutes(3)))
        func theBooksAddUpWhateverHappens() async throws {
            try await ProfileFixture.with(loops: 2) { profile in
                let clients = [
                    try await profile.verified("a@example.com"), try await profile.verified("b@example.com"),
                    try await profile.verified("c@example.com"),
                ]
                let stopped = Flag()
                let done = try await withThrowingTaskGroup(of: Int.self) { group in
                    group.addTask {
                        // Ends a random connection of the service, in the middle of whatever it does.
                        let loops = profile.loops
                        while !stopped.isSet {
                            _ = try? await profile.database.query(
                                """
                                SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                                WHERE datname = current_database() AND pid <> pg_backend_pid()
                                ORDER BY random() LIMIT 1
                                """
                            )
                            let loop = loops.next()
                            try await loop.run { try await loop.sleep(for: .milliseconds(15)) }
                        }
                        return 0
                    }
                    for worker in 0..<12 {
                        group.addTask { try await Self.trade(profile, clients, seed: UInt64(worker % 6), rounds: 40) }
                    }
                    var done = 0
                    for _ in 0..<12 { done += try await group.next() ?? 0 }
                    stopped.set()
                    try await group.waitForAll()
                    return done
                }
                #expect(done > 200)
                try await profile.checkBooks()
            }
        }

        /// Two workers have each seed: they do the same under the same ids at the same time.
        private static func trade(
            _ profile: ProfileFixture,
            _ clients: [String],
            seed: UInt64,
            rounds: Int
        ) async throws -> Int {
            var generator = SeededGenerator(seed: seed)
            var done = 0
            for round in 0..<rounds {
                let id = "s\(seed)-\(round)"
                let client = clients[Int.random(in: 0..<clients.count, using: &generator)]
                let cents = Int.random(in: 1...2_000_000, using: &generator)
                let part = Int.random(in: 1...cents, using: &generator)
                let kind = Int.random(in: 0..<4, using: &generator)
                func text(_ cents: Int) throws -> String {
                    try ExactDecimal(coefficient: Int128(cents), scale: 2).description
                }
                let (amount, partly) = (try text(cents), try text(part))
                if kind == 3 {
                    done += try await eventually { _ = try await profile.credit(id, client, amount) } ? 1 : 0
                    continue
                }
                guard try await eventually({ _ = try await profile.hold(id, client, amount) }) else { continue }
                done += 1
                switch kind {
                case 0: done += try await eventually { _ = try await profile.capture(id, partly) } ? 1 : 0
                case 1: done += try await eventually { _ = try await profile.release(id) } ? 1 : 0
                default: break
                }
            }
            return done
        }

        /// Repeats a call whose outcome is not known, as wallet's recovery does. False if it was refused.
        private static func eventually(_ body: @Sendable () async throws -> Void) async throws -> Bool {
            for _ in 0..<200 {
                let error = await refusal(body)
                switch error?.code {
                case nil: return true
                case .failedPrecondition: return false
                case .unavailable, .unknown, .aborted, .deadlineExceeded: try await Task.sleep(for: .milliseconds(2))
                default: throw try #require(error)
                }
            }
            throw PhotoFiles.Missing(description: "no answer after 200 attempts")
        }
    }
}
