import Foundation
import RPC
import Reactor
import Testing

@testable import ProfileService

extension IntegrationTests {
    /// Figures, not checks; for a machine that does nothing else:
    /// `sh Tests/Benchmarks/run passwords`.
    @Suite(.enabled(if: ProcessInfo.processInfo.environment["LONJA_MEASURE"] != nil, "measures; set LONJA_MEASURE=1"))
    struct PasswordMeasurement {
        @Test(.timeLimit(.minutes(5)))
        func loginsAreBoundByArgon2Alone() async throws {
            let environment = ["LONJA_PROFILE_ARGON2_MEMORY": "19456", "LONJA_PROFILE_ARGON2_PASSES": "2"]
            try await ProfileFixture.with(environment: environment) { profile in
                let id = try await profile.verified("a@example.com")
                let width = profile.service.passwords.width
                for _ in 0..<3 {
                    let alone = try await Self.alone(width)
                    let idle = try await Self.others(profile, id, for: .seconds(2))
                    let (rate, p99, count) = try await Self.logins(profile, id, callers: width * 8)
                    print(
                        """
                        \(width) threads: libargon2 alone \(Int(alone * 10) / 10) hashes/s, logins \(rate)/s, \
                        ratio \(rate / alone); GetProfile p99 \(idle) ms idle, \(p99) ms of \(count) under logins
                        """
                    )
                }
            }
        }

        /// Hashes a second of a loop in each of `width` threads, of the same priority as the pool's.
        private static func alone(_ width: Int) async throws -> Double {
            let span = Duration.seconds(4)
            let pool = WorkPool("loops", threads: width, room: 0)
            defer { pool.shutdown() }
            return try await withThrowingTaskGroup(of: Double.self) { group in
                for _ in 0..<width {
                    group.addTask {
                        try await pool.run(by: nil) {
                            let area = try Argon2Area(kibibytes: 19_456)
                            let start = MonotonicTime.now()
                            var count = 0.0
                            while start.duration(to: .now()) < span {
                                _ = try area.tag(of: [1, 2, 3], salt: Array(0..<16), size: 32, .standard)
                                count += 1
                            }
                            return count / (start.duration(to: .now()) / .seconds(1))
                        }
                    }
                }
                return try await group.reduce(0, +)
            }
        }

        private static func others(_ profile: ProfileFixture, _ id: String, for span: Duration) async throws -> Double {
            let start = MonotonicTime.now()
            var times: [Double] = []
            while start.duration(to: .now()) < span { times.append(try await call(profile, id)) }
            return percentile(times)
        }

        private static func logins(
            _ profile: ProfileFixture,
            _ id: String,
            callers: Int
        ) async throws -> (rate: Double, p99: Double, count: Int) {
            let over = Flag()
            let done = Tally()
            return try await withThrowingTaskGroup(of: [Double].self) { group in
                for _ in 0..<callers {
                    group.addTask {
                        while !over.isSet {
                            _ = try await profile.verify("a@example.com", ProfileFixture.password)
                            done.increment()
                        }
                        return []
                    }
                }
                let loop = try #require(EventLoop.current)
                try await loop.sleep(for: .seconds(1))
                let (start, before) = (MonotonicTime.now(), done.value)
                var times: [Double] = []
                while start.duration(to: .now()) < .seconds(6) {
                    times.append(try await call(profile, id))
                    try await loop.sleep(for: .milliseconds(5))
                }
                let rate = Double(done.value - before) / (start.duration(to: .now()) / .seconds(1))
                over.set()
                try await group.waitForAll()
                return (rate, percentile(times), times.count)
            }
        }

        private static func call(_ profile: ProfileFixture, _ id: String) async throws -> Double {
            let start = MonotonicTime.now()
            _ = try await profile.person(id)
            return start.duration(to: .now()) / .milliseconds(1)
        }

        private static func percentile(_ times: [Double]) -> Double { times.sorted()[times.count * 99 / 100] }
    }
}
