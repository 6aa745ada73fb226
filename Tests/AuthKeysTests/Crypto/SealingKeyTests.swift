import Digest
import Testing

@testable import AuthService

@Suite struct SealingKeyTests {
    private let key = SealingKey(secret: Array("secret".utf8), purpose: "a")
    private let context = Array("context".utf8)

    @Test func opensWhatItSealed() throws {
        for count in [1, 15, 16, 17, 32, 1000] {
            let plain = [UInt8].random(count)
            let sealed = try key.seal(plain, context: context)
            #expect(sealed.count == count + 28)
            #expect(key.open(sealed, context: context) == plain)
            #expect(try key.seal(plain, context: context) != sealed)
        }
    }

    @Test func opensNothingElse() throws {
        let sealed = try key.seal(Array("plain".utf8), context: context)
        for position in sealed.indices {
            var changed = sealed
            changed[position] ^= 1
            #expect(key.open(changed, context: context) == nil)
        }
        for count in sealed.indices { #expect(key.open(Array(sealed[..<count]), context: context) == nil) }
        #expect(key.open(sealed + [0], context: context) == nil)
        #expect(key.open(sealed, context: Array("other".utf8)) == nil)
        #expect(key.open(sealed, context: []) == nil)
        #expect(SealingKey(secret: Array("secret".utf8), purpose: "b").open(sealed, context: context) == nil)
        #expect(SealingKey(secret: Array("secreT".utf8), purpose: "a").open(sealed, context: context) == nil)
    }
}
