import Testing

@testable import NotificationService

/// Attack 27, and what of attack 25 concerns names.
@Suite struct EscapingTests {
    static let names = [
        "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "<a href=https://evil.example>click</a>",
        "&lt;b&gt;", "'onmouseover='x", "</title><body>", "<!--", "]]>", "Ana\r\nBcc: eve@evil.example", "Ana\u{2028}x",
        "=?utf-8?q?=0d=0aBcc:_eve?=", "\u{202E}moc.live", "Ana\0", "<style>*{display:none}</style>",
    ]

    @Test(arguments: names, MailLanguage.allCases)
    func aNameIsNeverMarkup(_ name: String, _ language: MailLanguage) throws {
        for kind in MailKind.allCases {
            let letter = LetterTests.letter(kind, language, name: name)
            let plain = LetterTests.letter(kind, language, name: "")
            // The same elements and attributes, whatever the name is.
            #expect(tags(letter.html) == tags(plain.html))
            #expect(letter.subject == plain.subject)
            let bad: [Unicode.Scalar] = ["\0", "\r", "\u{2028}", "\u{202E}"]
            #expect(!(letter.text + letter.html).unicodeScalars.contains { bad.contains($0) })
            #expect(letter.text.split(separator: "\n").count == plain.text.split(separator: "\n").count)
        }
    }

    private func tags(_ html: String) -> [String] {
        html.split(separator: "<").dropFirst().map { "<" + ($0.split(separator: ">").first ?? "") }
    }

    @Test func nothingInANameIsTakenForALink() {
        let cases = [
            ("Ana", "Ana"), ("  José  María ", "José María"), ("https://evil.example", ""),
            ("Ana https://evil.example now", "Ana"), ("Click http://evil.example", "Click"), ("WWW.evil.example", ""),
            ("visit evil.example", "visit evil. example"), ("evil\u{3002}example", "evil\u{3002} example"),
            ("eve@evil.example", ""), ("St.John", "St. John"), ("J.R.R. Tolkien", "J. R. R. Tolkien"),
            ("Ana evil/x", "Ana"), ("", ""), ("O'Neil-Núñez", "O'Neil-Núñez"), ("...", "..."), ("Ms. Ñ", "Ms. Ñ"),
            ("htt\u{200B}ps://evil.example", ""), ("evil.\u{200B}example", "evil. example"),
        ]
        for (name, expected) in cases { #expect(GreetingName.of(name) == expected, "\(name)") }
    }

    @Test func aLongNameIsCut() {
        let name = GreetingName.of(String(repeating: "a", count: 5000))
        #expect(name.count == GreetingName.longest && name.hasSuffix("…"))
    }

    @Test func literalsAreMarkupAndValuesAreNot() {
        let text = "<\"&'>"
        let html: HTMLText = "<b title=\"\(text)\">\(text)</b>\(HTMLText("<br>"))"
        #expect(html.markup == "<b title=\"&lt;&quot;&amp;&#39;&gt;\">&lt;&quot;&amp;&#39;&gt;</b><br>")
    }
}
