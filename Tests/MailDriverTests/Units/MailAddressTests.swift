import Plugin
import Testing

@Suite struct MailAddressTests {
    @Test(arguments: [
        "a@b.example", "first.last+tag@sub.example.com", "o'brien@example.ie", "jörg@example.com", "用户@example.com",
        "x@xn--bcher-kva.example", "a@localhost", String(repeating: "a", count: 64) + "@example.com",
    ])
    func `good ones are taken as they are`(_ text: String) throws {
        #expect(try MailAddress(text).address == text)
    }

    @Test(arguments: [
        "", "@", "a", "a@", "@b.example", "a@b@c.example", "a b@c.example", "a@b c.example", "a@b..example",
        ".a@b.example", "a.@b.example", "a..b@c.example", "a@-b.example", "a@b-.example", "a@b.example.",
        "a@.b.example",
        "\"a b\"@c.example", "a@[127.0.0.1]", "a<b@c.example", "a>b@c.example", "a,b@c.example", "a;b@c.example",
        "a:b@c.example", "(x)a@c.example", "a\\b@c.example", "a@b_c.example",
        // Attack 25.
        "a\r\nBcc: eve@c.example", "a@c.example\r\nBcc: eve@c.example", "a@c.example\n", "a\u{0}@c.example",
        "a@c.example\u{0}", "a\u{2028}b@c.example", "a@c\u{2028}.example", "a\u{200B}b@c.example",
        "a\u{202E}b@c.example",
        "a@c.example> SIZE=1", "a@c.example, eve@c.example", "=?utf-8?q?a?=@c.example ", "a@c.example\u{85}",
        String(repeating: "a", count: 65) + "@c.example", "a@" + String(repeating: "b", count: 64) + ".example",
        "a@" + String(repeating: "b.", count: 130) + "example",
        "a@" + String(repeating: "é", count: 62) + ".example",
    ])
    func `bad ones are refused without being repeated`(_ text: String) {
        let error = #expect(throws: MailFormatError.self) { try MailAddress(text) }
        #expect(error?.code == .address)
        #expect(error?.description.contains("eve") == false)
    }

    /// The samples of RFC 3492 §7.1 that are one label of letters, and names that are in use.
    @Test(arguments: [
        ("bücher", "xn--bcher-kva"), ("BÜCHER", "xn--bcher-kva"), ("例子", "xn--fsqu00a"), ("广告", "xn--4rr70v"),
        ("他们为什么不说中文", "xn--ihqwcrb4cv8a8dqg056pqjye"),
        ("Pročprostěnemluvíčesky", "xn--proprostnemluvesky-uyb24dma41a"),
        ("почемужеонинеговорятпорусски", "xn--b1abfaaepdrnnbgefbadotcwatmq2g4l"),
    ])
    func `domains become A-labels`(_ label: String, _ encoded: String) throws {
        #expect(try MailAddress("a@\(label).example").domain == "\(encoded).example")
    }

    @Test func `the ideographic full stop is a dot`() throws {
        #expect(try MailAddress("a@例子。广告").domain == "xn--fsqu00a.xn--4rr70v")
    }

    @Test(arguments: [
        ("Ana\r\nBcc: eve@c.example", "Ana Bcc: eve@c.example"), ("a\u{0}b", "a b"), ("a\u{2028}b", "a b"),
        ("\u{202E}evil\u{202C}", "evil"), ("  a \t b\u{A0}c  ", "a b c"), ("\u{FEFF}", ""), ("👩‍👧", "👩‍👧"),
        (String(repeating: "x", count: 150), String(repeating: "x", count: 100)),
    ])
    func `names are cleaned`(_ given: String, _ cleaned: String) throws {
        #expect(try MailAddress("a@b.example", name: given).name == cleaned)
    }
}
