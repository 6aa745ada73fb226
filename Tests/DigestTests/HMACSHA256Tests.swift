import Digest
import Testing

@Suite struct HMACSHA256Tests {
    /// RFC 4231, test cases 1, 2 and 6.
    @Test func standardVectors() {
        func code(_ message: String, _ key: [UInt8]) -> String {
            Hexadecimal.text(HMACSHA256.code(Array(message.utf8), key: key))
        }
        #expect(
            code("Hi There", [UInt8](repeating: 0x0b, count: 20))
                == "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
        )
        #expect(
            code("what do ya want for nothing?", Array("Jefe".utf8))
                == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        )
        #expect(
            code("Test Using Larger Than Block-Size Key - Hash Key First", [UInt8](repeating: 0xaa, count: 131))
                == "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
        )
    }

    @Test func listsOfTextsAreKeptApart() {
        let key: [UInt8] = [1, 2, 3]
        #expect(HMACSHA256.code(["ab", "c"], key: key) != HMACSHA256.code(["a", "bc"], key: key))
        #expect(HMACSHA256.code(["ab", "c"], key: key) == HMACSHA256.code(["ab", "c"], key: key))
    }

    @Test func secretsAreComparedByTheirBytes() {
        #expect("abc".isSameSecret(as: "abc"))
        #expect(!"abc".isSameSecret(as: "abd"))
        #expect(!"abc".isSameSecret(as: "abcd"))
        #expect(!"\u{e9}".isSameSecret(as: "e\u{301}"), "alike for ==")
        #expect([UInt8].random(33).count == 33)
        #expect([UInt8].random(16) != [UInt8].random(16))
    }
}
