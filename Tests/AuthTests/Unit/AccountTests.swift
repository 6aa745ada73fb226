import Config
import RPC
import Testing

@testable import AuthService

@Suite struct AccountTests {
    @Test(arguments: [
        ("Ana.Lopez@Example.COM", "Ana.Lopez@example.com", "ana.lopez@example.com"),
        ("a+b@xn--bcher-kva.example", "a+b@xn--bcher-kva.example", "a+b@xn--bcher-kva.example"),
        ("o'brien@mail.example", "o'brien@mail.example", "o'brien@mail.example"),
    ])
    func `addresses keep their local part`(_ typed: String, _ text: String, _ folded: String) {
        #expect(EmailAddress(typed)?.text == text && EmailAddress(typed)?.folded == folded)
    }

    /// Attack 19.
    @Test func `plus and dots make another address, case does not`() {
        #expect(EmailAddress("a+b@x.example")?.folded != EmailAddress("a@x.example")?.folded)
        #expect(EmailAddress("a.b@x.example")?.folded != EmailAddress("ab@x.example")?.folded)
        #expect(EmailAddress("AB@x.example")?.folded == EmailAddress("ab@X.example")?.folded)
    }

    @Test(arguments: [
        "", "a", "@x.example", "a@", "a@x", "a@x.example.", "a@-x.example", "a@x-.example", "a@x..example",
        "a b@x.example",
        ".a@x.example", "a.@x.example", "a..b@x.example", "\"a\"@x.example", "a@[192.0.2.1]", "a@192.0.2.1",
        "ä@x.example", "a@bücher.example", "a@еxample.com", "a\r\nBcc: b@x.example", "a@x.example\r\n", "a@x.example\0",
        "a\u{2028}@x.example", "a@b@x.example", "=?utf-8?q?a?=\n@x.example", "a,b@x.example", "<a@x.example>",
    ])
    func `what is no address is refused`(_ typed: String) {
        #expect(EmailAddress(typed) == nil)
    }

    @Test func `addresses have an end`() {
        #expect(EmailAddress(String(repeating: "a", count: 65) + "@x.example") == nil)
        #expect(EmailAddress(String(repeating: "a", count: 64) + "@x.example") != nil)
        let long = Array(repeating: String(repeating: "a", count: 60), count: 5).joined(separator: ".")
        #expect(EmailAddress("a@\(long).example") == nil)
        #expect(EmailAddress(String(repeating: "a", count: 1_000_000)) == nil)
        #expect(EmailAddress("someone@example.com")?.masked == "s…e@example.com")
    }

    @Test(arguments: [
        "https://evil.example", "//evil.example", "\\\\evil.example", "/\\evil.example", "https:evil", "/%09/evil",
        "/\t/evil",
        "/%2f/evil", "/%5cevil", "/a@evil", "/user:pass@evil", "/a\r\nSet-Cookie: x=1", "/%0d%0aX: y", "evil", "",
        "/..//evil",
        "/./evil", "/a/../../evil", "javascript:alert(1)", "/api/v1/auth/logout", "/a#b", "/ä", "/%", "/%zz",
        "/%252f/evil",
        "/a//evil", "/" + String(repeating: "a", count: 512),
    ])
    func `attack 12: only a path of ours is gone to`(_ next: String) {
        #expect(LocalPath(next) == .home)
    }

    @Test(arguments: ["/", "/portfolio", "/companies/ACME", "/search?q=acme&sort=price", "/a%C3%B1o"])
    func `paths of ours stay`(_ next: String) {
        #expect(LocalPath(next).text == next)
    }

    static func problem(_ password: String, _ context: [String] = []) -> RPCError? {
        do throws(RPCError) {
            try PasswordPolicy().check(password, field: "password", context: context)
            return nil
        } catch {
            return error
        }
    }

    @Test(arguments: [
        "passwordpassword", "password1234567", "Passw0rd!Passw0rd!", "qwertyuiopasdfgh", "123456789012345",
        "aaaaaaaaaaaaaaaaaaaa", "abcabcabcabcabcabc", "1qaz2wsx3edc4rfv", "dragonmonkey2024!", "iloveyou-iloveyou",
        "lonjalonjalonja", "LonjaTrading2026", "abcdefghijklmnop", "12345678900987654321", "mailcreated5240",
    ])
    func `what a guesser tries first is refused`(_ password: String) {
        #expect(Self.problem(password) != nil)
    }

    @Test func `one's own data are no password`() {
        #expect(Self.problem("hortensia.quimera9", ["hortensia.quimera@example.com", "Hortensia", "Quimera"]) != nil)
        #expect(Self.problem("hortensia.quimera9", []) == nil)
    }

    @Test(arguments: [
        "correct horse battery", "correct horse battery staple", "wf8#kd02!mmQ;3x", "La mesa verde canta a las 5",
        "密码密码不是好的密码但很长啊真的",
    ])
    func `long ones that nobody guesses will do`(_ password: String) {
        #expect(Self.problem(password) == nil)
    }

    @Test func `passwords have lengths, in characters`() {
        #expect(
            Self.problem("wf8#kd02!mmQ;3") != nil
                && Self.problem(String(repeating: "wf8#kd02!mmQ;3xy", count: 9)) != nil
        )
        let long = (0..<128).map { String(UnicodeScalar(UInt8(33 + ($0 * 37) % 90))) }.joined()
        #expect(Self.problem(long) == nil && Self.problem(long + "z") != nil)
        #expect(Self.problem(String(repeating: "a", count: 1 << 20)) != nil)
        #expect(Self.problem("correct horse\u{0} battery") != nil)
    }
}
