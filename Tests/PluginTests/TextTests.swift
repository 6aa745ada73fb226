import Plugin
import RPC
import Testing

@Suite struct DomainLabelTests {
    /// RFC 3492 section 7.1 (B), (F).
    @Test(arguments: [
        ("他们为什么不说中文", "xn--ihqwcrb4cv8a8dqg056pqjye"),
        ("なぜみんな日本語を話してくれないのか", "xn--n8jok5ay5dzabd5bym9f0cm5685rrjetr6pdxa"),
        ("Mu\u{308}nchen", "xn--mnchen-3ya"), ("Example", "example"), ("a-1", "a-1"),
    ])
    func `the encoding is the standard's`(_ text: String, _ encoded: String) {
        #expect(DomainLabel.encode(text) == encoded)
    }

    @Test(arguments: [
        "", "-a", "a-", "a_b", "a b", "a.b", "a\u{200B}b", "a\u{202E}", "\u{FF0E}",
        String(repeating: "a", count: 64), String(repeating: "é", count: 64),
    ])
    func `what is no label is none`(_ text: String) {
        #expect(DomainLabel.encode(text) == nil)
    }
}

@Suite struct PersonNameTests {
    @Test func `a name is trimmed and composed`() throws {
        let name = try PersonName.checked("  Jose\u{301}  ", field: "givenName")
        #expect(name.unicodeScalars.elementsEqual("José".unicodeScalars))
        #expect(try PersonName.checked("می\u{200C}خواهم", field: "givenName").unicodeScalars.count == 8)
        #expect(try PersonName.checked("李", field: "familyName") == "李")
        #expect(try PersonName.checked(String(repeating: "a", count: 100), field: "familyName").count == 100)
    }

    @Test(arguments: [
        ("", "must not be empty"), ("   ", "must not be empty"), ("a\u{0}", "must not have control"),
        ("a\nb", "must not have control"), ("a\u{7f}", "must not have control"),
        ("a\u{202E}b", "must not have control"), ("\u{2066}a", "must not have control"),
        ("a\u{200F}", "must not have control"), ("a\u{2028}b", "must not have control"),
        ("\u{FEFF}a", "must not have control"), ("\u{E000}", "must not have control"),
        (String(repeating: "a", count: 101), "must have at most 100"),
        (String(repeating: "\u{1F600}", count: 101), "must have at most 100"),
        ("a" + String(repeating: "\u{301}", count: 1_000), "must have at most 100"),
    ])
    func `attack 25: what cannot be seen is refused`(_ text: String, _ words: String) {
        let error = #expect(throws: RPCError.self) { try PersonName.checked(text, field: "givenName") }
        #expect(error?.code == .invalidArgument)
        #expect(error?.message.hasPrefix("givenName: \(words)") == true, "\(String(describing: error))")
    }

    @Test func `an issuer's name is cleaned`() {
        #expect(PersonName.cleaned(" A\u{202E}na\r\nBcc: x ") == "AnaBcc: x")
        #expect(PersonName.cleaned(String(repeating: "é", count: 500)).count == 100)
        #expect(PersonName.cleaned("\u{0}\u{200E}") == "")
    }
}
