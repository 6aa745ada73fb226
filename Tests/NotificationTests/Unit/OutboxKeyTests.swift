import Config
import Observe
import Postgres
import Testing

@testable import NotificationService

@Suite struct OutboxKeyTests {
    private let key = OutboxKey(Secret(OutboxFixture.secret))
    private let id = PostgresUUID(high: 1, low: 2)

    @Test(arguments: [0, 1, 15, 16, 17, 4096])
    func whatIsSealedIsOpened(_ count: Int) {
        let plain = (0..<count).map { UInt8(truncatingIfNeeded: $0) }
        let sealed = key.seal(plain, for: id)
        #expect(sealed.count == count + 28)
        #expect(key.open(sealed, for: id) == plain)
        #expect(key.seal(plain, for: id) != sealed, "another nonce each time")
    }

    @Test func whatWasChangedIsNot() {
        let sealed = key.seal(Array("code ABCD2345".utf8), for: id)
        for index in sealed.indices {
            var changed = sealed
            changed[index] ^= 1
            #expect(key.open(changed, for: id) == nil)
        }
        #expect(key.open(Array(sealed.dropLast()), for: id) == nil)
        #expect(key.open([], for: id) == nil)
        #expect(key.open(Array(sealed.prefix(27)), for: id) == nil)
    }

    @Test func aMailIsNotOpenedAsAnother() {
        let sealed = key.seal([1, 2, 3], for: id)
        #expect(key.open(sealed, for: PostgresUUID(high: 1, low: 3)) == nil)
        #expect(OutboxKey(Secret(String(OutboxFixture.secret.reversed()))).open(sealed, for: id) == nil)
    }

    @Test func hashesDependOnKeyAndPurpose() {
        #expect(key.hash("a", [1]) == key.hash("a", [1]))
        #expect(key.hash("a", [1]) != key.hash("b", [1]))
        #expect(key.hash("a", [1]) != OutboxKey(Secret("x")).hash("a", [1]))
        #expect(key.hash("a", [1]).count == 32)
    }

    /// The chain of derivations, computed by Python's hmac.
    @Test func derivationsAreTheSameForEver() {
        #expect(key.id == -1_968_581_159)
        let hash = key.hash("a", [1]).map { String($0, radix: 16) }.map { $0.count == 1 ? "0" + $0 : $0 }.joined()
        #expect(hash == "485812473c1ddfef1a801f348b4fddea87507641c190dd7a9f61ecb77bee96a0")
    }

    @Test func aSecretMayHoldSeveralKeys() throws {
        let other = String(OutboxFixture.secret.reversed())
        let keys = try OutboxKeyring.keys(of: Secret("\(OutboxFixture.secret), \(other)\n"), origin: "a test")
        #expect(keys.map(\.id) == [key.id, OutboxKey(Secret(other)).id])
        let ring = OutboxKeyring(keys)
        let old = OutboxKey(Secret(other))
        #expect(ring.open(old.seal([7], for: id), by: old.id, for: id) == [7])
        #expect(ring.open(old.seal([7], for: id), by: key.id, for: id) == nil)
    }

    @Test(arguments: ["", "short", "0123456789abcdef0123456789abcdef,short", " \n"])
    func aShortKeyIsRefusedWithoutShowingIt(_ text: String) {
        do {
            _ = try OutboxKeyring.keys(of: Secret(text), origin: "secret file notification.outbox.key")
            Issue.record("taken")
        } catch {
            #expect(error.description.contains("notification.outbox.key"))
            #expect(error.description.contains("32"))
            #expect(!error.description.contains("0123456789abcdef"))
        }
    }
}
