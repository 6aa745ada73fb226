import Digest
import Testing

@testable import AuthService

@Suite struct TokenTests {
    @Test func `a session token is read back, and only in its one form`() {
        let token = SessionToken(user: .random(), session: .random())
        let read = SessionToken(token.text)
        #expect(read?.user == token.user && read?.session == token.session && read?.secret == token.secret)
        #expect(token.text.utf8.count == 86 && !token.text.contains("."))
        for bad in [
            "", token.text + "A", String(token.text.dropLast()), token.text + "=", "\0" + token.text.dropFirst(),
        ] {
            #expect(SessionToken(bad) == nil, "\(bad)")
        }
        #expect(SessionToken(String(repeating: "A", count: 1_000_000)) == nil)
        // The last character holds two bits only.
        #expect(SessionToken(token.text.dropLast() + "B") == nil || token.text.hasSuffix("B"))
    }

    @Test func `the token after one is always the same, and another under another key`() {
        let token = SessionToken(user: .random(), session: .random())
        #expect(token.next(pepper: [1]).text == token.next(pepper: [1]).text)
        #expect(token.next(pepper: [1]).text != token.next(pepper: [2]).text)
        #expect(token.next(pepper: [1]).session == token.session && token.next(pepper: [1]).secret != token.secret)
    }

    @Test func `a link token is read back with its purpose`() {
        for purpose in CodePurpose.allCases {
            let token = LinkToken(purpose: purpose, place: [UInt8].random(16))
            let read = LinkToken(token.text)
            #expect(read?.purpose == purpose && read?.place == token.place && read?.secret == token.secret)
        }
        #expect(LinkToken("") == nil && LinkToken(String(repeating: "A", count: 66)) == nil)
    }

    @Test func `a code has eight symbols without look-alikes, and is read in any case`() {
        for _ in 0..<200 {
            let code = ShortCode.random()
            #expect(code.shown.utf8.count == 9 && code.shown.dropFirst(4).first == "-")
            #expect(!code.shown.contains { "01IO".contains($0) })
            #expect(ShortCode(typed: code.shown.lowercased()) == code && ShortCode(typed: " \(code.symbols) ") == code)
        }
        for bad in ["", "ABCD-EFG", "ABCD-EFGHJ", "ABCD-EFG0", "ABCD-EFG\u{0}", String(repeating: "A", count: 100_000)]
        {
            #expect(ShortCode(typed: bad) == nil)
        }
    }

    @Test func `ids are canonical UUIDs`() {
        let text = "f81d4fae-7dec-41d0-a765-00a0c91e6bf6"
        #expect(Identifier(text)?.text == text)
        #expect(Identifier(text).map { Identifier(bytes: $0.bytes).text } == text)
        for bad in ["", text.uppercased(), text + "0", String(text.dropLast()), text.replacing("-", with: "_"), "../x"]
        {
            #expect(Identifier(bad) == nil, "\(bad)")
        }
        let random = Array(Identifier.random().text)
        #expect(random[14] == "4" && "89ab".contains(random[19]))
    }

    @Test func `the hash of RFC 4231 comes out`() {
        let first = HMACSHA256.code(Array("Hi There".utf8), key: [UInt8](repeating: 0x0b, count: 20))
        #expect(Hexadecimal.text(first) == "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7")
        let long = Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8)
        let second = HMACSHA256.code(long, key: [UInt8](repeating: 0xaa, count: 131))
        #expect(Hexadecimal.text(second) == "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54")
        #expect(HMACSHA256.code(["ab", "c"], key: [1]) != HMACSHA256.code(["a", "bc"], key: [1]))
    }
}
