import Testing

@testable import ProfileService

/// Attack 19: tricks with Unicode and with the grammar of addresses.
@Suite struct EmailAddressTests {
    @Test(arguments: [
        ("Ana.Perez+tag@Example.COM", "Ana.Perez+tag@example.com", "ana.perez+tag@example.com"),
        ("a@b.co", "a@b.co", "a@b.co"),
        ("!#$%&'*+-/=?^_`{|}~@x-y.org", "!#$%&'*+-/=?^_`{|}~@x-y.org", "!#$%&'*+-/=?^_`{|}~@x-y.org"),
        ("ana@München.de", "ana@xn--mnchen-3ya.de", "ana@xn--mnchen-3ya.de"),
        // The same name, composed and not.
        ("ana@Mu\u{308}nchen.de", "ana@xn--mnchen-3ya.de", "ana@xn--mnchen-3ya.de"),
        // A Cyrillic a: another address, and it can be seen.
        ("ana@ex\u{0430}mple.com", "ana@xn--exmple-4nf.com", "ana@xn--exmple-4nf.com"),
    ])
    func addressesHaveOneForm(written: String, text: String, key: String) {
        let address = EmailAddress(written)
        #expect(address?.text == text && address?.key == key)
    }

    @Test func dotsAndTagsAreNotFolded() {
        #expect(EmailAddress("a.b@x.com")?.key != EmailAddress("ab@x.com")?.key)
        #expect(EmailAddress("a+b@x.com")?.key != EmailAddress("a@x.com")?.key)
    }

    @Test(arguments: [
        "", "@", "a@", "@x.com", "a", "a@localhost", "a@x.com.", "a@.x.com", "a@x..com", ".a@x.com", "a.@x.com",
        "a..b@x.com", "\"a b\"@x.com", "\"a\"@x.com", "a b@x.com", "a@x .com", "a\n@x.com", "a@x.com\r\nBcc: b@x.com",
        "a\u{0}@x.com", "a@[127.0.0.1]", "a@127.0.0.1", "a@x_y.com", "a@-x.com", "a@x-.com", "ána@x.com",
        "a@x.com\u{2028}", "a@x\u{200B}.com", "a@x\u{202E}.com", "a<b>@x.com", "a,b@x.com", "a@b@x.com ",
        "a@\u{FF45}xample\u{FF0E}com", String(repeating: "a", count: 65) + "@x.com",
        "a@" + String(repeating: "x", count: 64) + ".com", "a@" + String(repeating: "x.", count: 130) + "com",
    ])
    func whatIsNoAddressIsRefused(text: String) {
        #expect(EmailAddress(text) == nil)
    }
}
