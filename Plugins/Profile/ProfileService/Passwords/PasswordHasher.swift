import Observe
import RPC
import Reactor

/// Hashes and checks passwords, each time with exactly one Argon2id of the current parameters, whatever the case: how
/// long an answer takes says nothing. (The two exceptions: a hash of older parameters costs what those cost, and the
/// right password for one costs a further hash, by which it becomes current.)
final class PasswordHasher: Sendable {
    /// What a check found.
    enum Verdict: Equatable, Sendable {
        case wrong
        case right
        /// Right, and the hash should be replaced by this one.
        case upgraded(String)
    }

    /// So many passwords wait for each thread: at 50 hashes a second, a second and a quarter.
    private static let waitingForEachThread = 64

    let parameters: Argon2Parameters
    private let pepper: Pepper
    /// Stands in for the hash of who has none.
    private let decoy: String
    private let pool: WorkPool
    private let areas: Argon2Areas
    private let largest: Int
    private let hashes: Counter
    private let refused: Counter

    /// - Parameters:
    ///   - budget: KiB of memory for all threads together; bounds how many there are.
    ///   - threads: how many there are if the memory is enough.
    init(_ parameters: Argon2Parameters, pepper: Pepper, budget: Int, threads: Int, metrics: MetricRegistry) {
        self.parameters = parameters
        self.pepper = pepper
        decoy =
            PasswordHash(
                parameters: parameters,
                pepper: pepper.current,
                salt: Self.randomBytes(Argon2Parameters.saltSize),
                tag: Self.randomBytes(Argon2Parameters.tagSize)
            ).description
        let threads = max(1, min(threads, budget / parameters.memory))
        pool = WorkPool("passwords to check", threads: threads, room: threads * Self.waitingForEachThread)
        areas = Argon2Areas(kibibytes: parameters.memory)
        largest = max(parameters.memory, budget / threads)
        hashes = metrics.counter("profile_password_hashes_total", help: "Argon2id hashes that were computed.")
        refused = metrics.counter("profile_password_refused_total", help: "Passwords that were refused as too many.")
        let pool = pool
        metrics.callback(
            "profile_password_waiting",
            help: "Passwords that wait for a thread.",
            isCounter: false,
            labels: []
        ) { Double(pool.waiting) }
    }

    /// How many threads hash.
    var width: Int { pool.width }

    /// How many hashes there were.
    var count: UInt64 { hashes.value }

    /// Ends the threads. Blocks.
    func shutdown() { pool.shutdown() }

    /// Refuses early, before anything is done for a call that could not be served.
    /// - Throws: UNAVAILABLE ("busy").
    func checkRoom() throws(RPCError) {
        do {
            try pool.checkRoom()
        } catch {
            refused.increment()
            throw error
        }
    }

    /// The string to store for a password.
    /// - Throws: INVALID_ARGUMENT that names `field` for a text that can be none; UNAVAILABLE ("busy").
    func hash(_ text: String, field: String = "password", by deadline: MonotonicTime?) async throws -> String {
        guard let password = PasswordText(text) else {
            throw RPCError.field(
                field,
                "invalid",
                "must have 1 to \(PasswordText.mostBytes) bytes, none of them control characters"
            )
        }
        return try await work(deadline) { try self.make(password.bytes) }
    }

    /// Whether `text` is the password that `stored` was made of; nil where there is none to compare with, which takes
    /// as long.
    /// - Throws: UNAVAILABLE ("busy").
    func check(_ text: String, against stored: String?, by deadline: MonotonicTime?) async throws -> Verdict {
        // Read and compared like any other: to leave that out is a millisecond less in a debug build.
        let compared = stored ?? decoy
        let verdict = try await work(deadline) { try self.compare(PasswordText(text), PasswordHash(parsing: compared)) }
        return stored == nil ? .wrong : verdict
    }

    private func work<Result: Sendable>(
        _ deadline: MonotonicTime?,
        _ body: @escaping @Sendable () throws -> Result
    ) async throws -> Result {
        do {
            return try await pool.run(by: deadline, body)
        } catch let error as RPCError where error.code == .unavailable {
            refused.increment()
            throw error
        }
    }

    // MARK: On a thread of the pool

    private func make(_ password: [UInt8]) throws -> String {
        let salt = Self.randomBytes(Argon2Parameters.saltSize)
        // The current key is there, if there is any.
        let input = pepper.apply(pepper.current, to: password) ?? password
        let tag = try tag(of: input, salt: salt, size: Argon2Parameters.tagSize, parameters)
        return PasswordHash(parameters: parameters, pepper: pepper.current, salt: salt, tag: tag).description
    }

    private func compare(_ password: PasswordText?, _ stored: PasswordHash?) throws -> Verdict {
        guard let password, let stored, stored.parameters.memory <= largest,
            let input = pepper.apply(stored.pepper, to: password.bytes)
        else {
            _ = try make(password?.bytes ?? [])
            return .wrong
        }
        let tag = try tag(of: input, salt: stored.salt, size: stored.tag.count, stored.parameters)
        guard stored.matches(tag) else { return .wrong }
        if stored.isCurrent(parameters, pepper: pepper.current) { return .right }
        return .upgraded(try make(password.bytes))
    }

    private func tag(of input: [UInt8], salt: [UInt8], size: Int, _ parameters: Argon2Parameters) throws -> [UInt8] {
        hashes.increment()
        return try areas.withArea(parameters.memory) { try $0.tag(of: input, salt: salt, size: size, parameters) }
    }

    private static func randomBytes(_ count: Int) -> [UInt8] {
        var generator = SystemRandomNumberGenerator()
        return (0..<count).map { _ in UInt8(truncatingIfNeeded: generator.next()) }
    }
}
