internal import Load
internal import Valkey

/// SET or GET of a random key, as `redis-benchmark -r`: one command a step, or several that leave in one piece.
struct ValkeyCommands: Workload {
    enum Kind { case set, get }

    let client: ValkeyClient
    let kind: Kind
    let keys: UInt64
    let value: [UInt8]
    let batch: Int

    var requestsPerStep: Int { batch }

    func prepare() async throws { try await client.set(Self.key(0), value) }

    func step(_ dice: inout Dice) async throws {
        guard batch == 1 else { return try await stepOfSeveral(&dice) }
        let key = Self.key(dice.next() % keys)
        switch kind {
        case .set: try await client.set(key, value)
        case .get: try check(try await client.get(key))
        }
    }

    func close() { client.close() }

    private func stepOfSeveral(_ dice: inout Dice) async throws {
        var commands: [ValkeyCommand] = []
        commands.reserveCapacity(batch)
        for _ in 0..<batch {
            let key = Self.key(dice.next() % keys)
            commands.append(kind == .set ? .set(key, value) : .get(key))
        }
        for reply in try await client.pipeline(commands) {
            switch kind {
            case .set: guard reply == .status("OK") else { throw Failure("SET answered \(reply)") }
            case .get: try check(try reply.optional([UInt8].self))
            }
        }
    }

    /// Values have the right size, and keys that nothing was stored under have none.
    private func check(_ answer: [UInt8]?) throws {
        guard answer?.count ?? value.count == value.count else { throw Failure("GET gave another value") }
    }

    /// "key:" and twelve digits, as redis-benchmark names its keys.
    private static func key(_ number: UInt64) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: 16) { buffer, count in
            var rest = number
            for place in (4..<16).reversed() {
                buffer[place] = UInt8(ascii: "0") + UInt8(rest % 10)
                rest /= 10
            }
            for (place, letter) in "key:".utf8.enumerated() { buffer[place] = letter }
            count = 16
        }
    }
}
