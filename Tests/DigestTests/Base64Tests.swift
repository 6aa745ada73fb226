import Digest
import Testing

@Suite struct Base64Tests {
    @Test(arguments: [
        ("", ""), ("f", "Zg"), ("fo", "Zm8"), ("foo", "Zm9v"), ("foob", "Zm9vYg"), ("fooba", "Zm9vYmE"),
    ])
    func bothWays(plain: String, encoded: String) {
        let padded = encoded + String(repeating: "=", count: (4 - encoded.count % 4) % 4)
        #expect(Base64.encode(Array(plain.utf8)) == padded)
        #expect(Base64.encode(Array(plain.utf8), padded: false) == encoded)
        #expect(Base64.decode(encoded.utf8) == Array(plain.utf8))
        #expect(Base64.decode(padded.utf8) == Array(plain.utf8))
    }

    @Test func everyByte() {
        let all = (0...255).map(UInt8.init)
        #expect(Base64.decode(Base64.encode(all).utf8) == all)
    }

    @Test(arguments: ["A", "Zg=", "Zg===", "Z g", "Zm9v=", "Zh", "Zg==Zg==", "_-8", "===="])
    func refused(text: String) {
        #expect(Base64.decode(text.utf8) == nil)
    }

    @Test func paddingMayBeForbidden() {
        #expect(Base64.decode("Zg".utf8, mayBePadded: false) == [0x66])
        #expect(Base64.decode("Zg==".utf8, mayBePadded: false) == nil)
    }

    @Test func theOtherAlphabet() {
        let bytes: [UInt8] = [0xfb, 0xff, 0xfe, 0x3e]
        #expect(Base64.encode(bytes) == "+//+Pg==")
        #expect(Base64URL.encode(bytes) == "-__-Pg")
        #expect(Base64URL.decode("-__-Pg") == bytes)
        #expect(Base64URL.decode("-__-Pg", count: 4) == bytes)
        #expect(Base64URL.decode("-__-Pg", count: 5) == nil)
    }

    @Test(arguments: ["A", "Zg==", "Zh", "+/", "Z g", "Zm9vY"])
    func onlyTheCanonicalFormIsRead(text: String) {
        #expect(Base64URL.decode(text) == nil)
    }
}
