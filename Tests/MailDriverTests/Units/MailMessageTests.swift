import MailerCompatibility
import Observe
import Plugin
import TestServers
import Testing

@Suite struct MailMessageTests {
    private func mail(id: String = TestMail.id(), messageID: String? = nil, text: String = "x") throws -> MailMessage {
        try MailMessage(
            id: id,
            messageID: messageID,
            from: MailAddress("a@lonja.example"),
            to: MailAddress("b@c.example"),
            subject: "s",
            text: text,
            category: "c",
            language: "es",
            date: TestMail.date
        )
    }

    @Test func `the message id is made of the outbox id and the sender's domain`() throws {
        #expect(try mail(id: "0a-1").messageID == "<0a-1@lonja.example>")
        #expect(try mail(messageID: "<old.1@other.example>").messageID == "<old.1@other.example>")
    }

    @Test(arguments: [
        "", "<>", "a@b", "<a>", "<a@b", "<@b>", "<a@>", "<a@b@c>", "<a b@c>", "<a@b>\r\nBcc: eve@c.example",
        "<a\u{0}@b>",
        "<a..b@c>", "<a@b>\u{2028}", "<" + String(repeating: "a", count: 300) + "@b>",
    ])
    func `message ids that are none are refused`(_ text: String) {
        #expect(throws: MailFormatError.self) { try mail(messageID: text) }
    }

    @Test(arguments: ["", "a b", "a\r\nb", "é", String(repeating: "a", count: 65), "a/b", "..", "a.b"])
    func `ids that are no words are refused`(_ id: String) {
        #expect(throws: MailFormatError.self) { try mail(id: id) }
    }

    @Test func `a mail says something, and not too much`() {
        #expect(throws: MailFormatError.self) { try mail(text: "") }
        #expect(throws: MailFormatError.self) { try mail(text: String(repeating: "a", count: (1 << 20) + 1)) }
    }

    @Test(arguments: [
        (0, "Thu, 01 Jan 1970 00:00:00 +0000"), (1_795_510_800, "Tue, 24 Nov 2026 09:00:00 +0000"),
        (951_782_399, "Mon, 28 Feb 2000 23:59:59 +0000"), (951_782_400, "Tue, 29 Feb 2000 00:00:00 +0000"),
        (-1, "Wed, 31 Dec 1969 23:59:59 +0000"),
    ])
    func `the date is that of RFC 5322`(_ seconds: Int64, _ text: String) throws {
        let mail = try MailMessage(
            id: "a",
            from: MailAddress("a@b.example"),
            to: MailAddress("b@c.example"),
            subject: "s",
            text: "x",
            category: "c",
            language: "es",
            date: WallTime(secondsSinceEpoch: seconds)
        )
        let lines = String(decoding: MIMEMessage(mail).bytes, as: UTF8.self).split(separator: "\r\n")
        #expect(lines.contains("Date: \(text)"))
    }

    @Test func `the same mail has the same bytes in every attempt`() throws {
        let id = TestMail.id()
        let first = MIMEMessage(try TestMail.to("ana", id: id, attempt: 1))
        #expect(first == MIMEMessage(try TestMail.to("ana", id: id, attempt: 9)))
    }

    /// Attack 26: whatever the text, no line is long, none begins with a dot, and every CR has its LF.
    @Test(arguments: 0..<200) func `no text makes a bad line`(_ seed: Int) throws {
        var generator = SeededGenerator(seed: UInt64(seed) + 1)
        let pieces = [
            ".", "\n", "\r", "\r\n", "\n.\n", "\r.\r", "\n.\r\n", " ", "\t", "=", "ñ", "🎉", "\u{0}", "\u{2028}",
            "From ", String(repeating: "a", count: 997), String(repeating: "é", count: 400), "=?utf-8?q?x?=", "--=_",
        ]
        let text = (0..<40).map { _ in pieces[Int.random(in: 0..<pieces.count, using: &generator)] }.joined()
        let name = (0..<6).map { _ in pieces[Int.random(in: 0..<pieces.count, using: &generator)] }.joined()
        let mail = try TestMail.to("ana", toName: name, fromName: name, subject: name, text: text + "x", html: text)
        let bytes = MIMEMessage(mail).bytes
        var start = 0
        for (index, byte) in bytes.enumerated() {
            if byte == 0x0D { #expect(index + 1 < bytes.count && bytes[index + 1] == 0x0A) }
            guard byte == 0x0A else { continue }
            try #require(index > 0 && bytes[index - 1] == 0x0D)
            #expect(index - 1 - start <= 78 + 60, "a line has \(index - 1 - start) bytes")
            #expect(bytes[start] != UInt8(ascii: "."))
            start = index + 1
        }
        #expect(start == bytes.count)
        #expect(bytes.allSatisfy { $0 < 0x80 && ($0 >= 0x20 || $0 == 0x0D || $0 == 0x0A || $0 == 0x09) })
    }
}
