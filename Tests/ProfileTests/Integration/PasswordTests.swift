import Contracts
import Foundation
import Observe
import Postgres
import RPC
import Reactor
import Testing

@testable import ProfileService

extension IntegrationTests {
    @Suite
    struct PasswordTests {
        /// Attack 2: whatever is wrong, it is one look-up and one hash, and takes as long.
        @Test(.timeLimit(.minutes(2)))
        func noCaseCanBeToldByItsTime() async throws {
            try await ProfileFixture.with { profile in
                _ = try await profile.verified("known@example.com")
                _ = try await profile.create("unverified@example.com")
                _ = try await profile.adopt("s1", "google@example.com")
                let cases: [(name: String, email: String, password: String)] = [
                    ("unknown", "unknown@example.com", ProfileFixture.password),
                    ("wrong", "known@example.com", "wrong horse battery"), ("empty", "known@example.com", ""),
                    ("huge", "known@example.com", String(repeating: "x", count: 1 << 20)),
                    ("zero", "known@example.com", "correct\u{0}horse"),
                    ("no password", "google@example.com", ProfileFixture.password),
                    ("unverified", "unverified@example.com", "wrong horse battery"),
                    ("no address", "not an address", ProfileFixture.password),
                ]
                // Others use the cores too, which makes some of each case slow: the quick ones tell what a case takes.
                var times = [[Double]](repeating: [], count: cases.count)
                for attempt in 1...6 {
                    for (index, more) in try await Self.times(of: cases, profile).enumerated() { times[index] += more }
                    let quick = times.map { $0.sorted()[$0.count / 10] }
                    let (low, high) = (quick.min() ?? 0, quick.max() ?? 0)
                    let shown = zip(cases, quick).map { "\($0.0.name) \(Int($0.1)) µs" }.joined(separator: ", ")
                    print("the quickest tenth of refused logins, up to: \(shown)")
                    if high < low * 1.05 { break }
                    #expect(attempt < 6, "one case takes longer than another: \(shown)")
                }
                // The right one too is one hash, and only it says what else there is to say.
                let before = profile.hashes
                let account = try await profile.verify("unverified@example.com", ProfileFixture.password)
                #expect(!account.emailVerified && profile.hashes == before + 1)
            }
        }

        /// What refused logins take in each case, in microseconds; the cases take turns. Each is one hash.
        private static func times(
            of cases: [(name: String, email: String, password: String)],
            _ profile: ProfileFixture
        ) async throws -> [[Double]] {
            let refused = RPCError(
                .unauthenticated,
                "the address or the password is wrong",
                reason: "wrong-password"
            )
            var times = [[Double]](repeating: [], count: cases.count)
            for round in 0..<51 {
                for index in cases.indices.shuffled() {
                    let before = profile.hashes
                    let start = MonotonicTime.now()
                    let error = await refusal {
                        _ = try await profile.verify(cases[index].email, cases[index].password)
                    }
                    let time = start.duration(to: .now()) / .microseconds(1)
                    if round > 0 { times[index].append(time) }
                    #expect(error == refused)
                    #expect(profile.hashes == before + 1, "\(cases[index].name)")
                }
            }
            return times
        }

        /// Hashes of older costs are made anew when their owner logs in.
        @Test(.timeLimit(.minutes(1)))
        func aStoredHashIsUpgraded() async throws {
            try await ProfileFixture.with { profile in
                let id = try await profile.verified("a@example.com")
                let old = PasswordHasher(
                    Argon2Parameters(memory: 8192, passes: 1),
                    pepper: Pepper(),
                    budget: 8192,
                    threads: 1,
                    metrics: .init()
                )
                let hash = try await old.hash(ProfileFixture.password, by: nil)
                old.shutdown()
                try await profile.database.execute("UPDATE accounts SET password = \(hash)")
                func stored() async throws -> String {
                    let rows = try await profile.database.query("SELECT password FROM accounts")
                    return try rows[0].value(at: 0)
                }
                _ = await refusal { _ = try await profile.verify("a@example.com", "wrong") }
                #expect(try await stored() == hash)
                let before = try await profile.person(id)
                _ = try await profile.verify("a@example.com", ProfileFixture.password)
                #expect(try await stored().contains("$m=7168,t=1,p=1$"))
                #expect(try await profile.person(id) == before)
                _ = try await profile.verify("a@example.com", ProfileFixture.password)
                // What is no hash, or one that would cost too much, lets nobody in and is not executed.
                for text in [
                    "nonsense", hash.replacing("m=8192", with: "m=524288"), hash.replacing("t=1", with: "t=1000"),
                ] {
                    try await profile.database.execute("UPDATE accounts SET password = \(text)")
                    let start = MonotonicTime.now()
                    let error = await refusal { _ = try await profile.verify("a@example.com", ProfileFixture.password) }
                    #expect(error?.code == .unauthenticated && start.duration(to: .now()) < .seconds(1))
                }
            }
        }

        /// Attack 4: a thousand logins at once. The pool takes what it can, the rest hears so at once; memory is bounded,
        /// and others are served meanwhile.
        @Test(.timeLimit(.minutes(2)))
        func aFloodIsBounded() async throws {
            let environment = ["LONJA_PROFILE_ARGON2_MEMORY": "19456", "LONJA_PROFILE_ARGON2_PASSES": "2"]
            try await ProfileFixture.with(environment: environment) { profile in
                let id = try await profile.verified("a@example.com")
                let resident = try Memory.resident()
                let over = Flag()
                let refused = Tally()
                let times = try await withThrowingTaskGroup(of: [Double].self) { group in
                    group.addTask {
                        var times: [Double] = []
                        let loop = try #require(EventLoop.current)
                        while !over.isSet {
                            let start = MonotonicTime.now()
                            _ = try await profile.person(id)
                            times.append(start.duration(to: .now()) / .milliseconds(1))
                            try await loop.sleep(for: .milliseconds(2))
                        }
                        return times
                    }
                    try await withThrowingTaskGroup(of: Void.self) { logins in
                        for number in 0..<1000 {
                            logins.addTask {
                                let error = await refusal {
                                    _ = try await profile.verify("a@example.com", "wrong \(number)")
                                }
                                if error?.code == .unavailable {
                                    #expect(error?.reason == "busy" && error?.retryAfter != nil)
                                    refused.increment()
                                } else {
                                    #expect(error?.code == .unauthenticated)
                                }
                            }
                        }
                        try await logins.waitForAll()
                    }
                    over.set()
                    return try await group.next() ?? []
                }
                let width = profile.service.passwords.width
                // 64 wait for each thread, and a few are hashed while the others come.
                #expect(refused.value >= 1000 - 72 * width)
                let rise = try Memory.resident() - resident
                #expect(rise < (width * 20 + 48) << 20, "\(rise >> 20) MiB")
                let sorted = times.sorted()
                let p99 = sorted[sorted.count * 99 / 100]
                print(
                    "a flood: \(refused.value) refused, others' p99 \(p99) ms of \(sorted.count), \(rise >> 20) MiB more"
                )
                #expect(p99 < 100)
            }
        }
    }
}

enum Memory {
    /// Bytes of this process that are in memory.
    static func resident() throws -> Int {
        let text = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8)
        return (text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0) * 4096
    }
}
