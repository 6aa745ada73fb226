import Testing

@testable import Fetch

@Suite struct SMTPPartsTests {
    private func parse(_ text: String) throws -> [SMTPReply] {
        var parser = SMTPReplyParser()
        var replies: [SMTPReply] = []
        // Byte by byte: how it is cut says nothing.
        for byte in text.utf8 {
            try withUnsafeBytes(of: byte) { bytes in replies += try parser.feed(bytes) }
        }
        #expect(!parser.isMidway)
        return replies
    }

    @Test func readsReplies() throws {
        let replies = try parse(
            "250-a\r\n250-SIZE 5\r\n250 b\r\n550 5.1.1 no such user\r\n354\r\n451-4.7.1 try\n451 4.7.1 later\n"
        )
        #expect(replies.map(\.code) == [250, 550, 354, 451])
        #expect(replies[0].lines == ["a", "SIZE 5", "b"] && replies[0].enhanced == nil)
        #expect(replies[1].enhanced == EnhancedStatus(5, 1, 1) && replies[1].text == "no such user")
        #expect(replies[1].description == "550 5.1.1 no such user")
        #expect(replies[3].enhanced == EnhancedStatus(4, 7, 1) && replies[3].text == "try later")
        #expect(try parse("250 5.1.1 odd\r\n")[0].enhanced == nil, "the class is the code's")
        #expect(try parse("250 2.0.0\r\n")[0].enhanced == EnhancedStatus(2, 0, 0))
        #expect(try parse("550 a\u{1b}[31mb\r\n")[0].text == "a [31mb", "no control reaches a log")
    }

    @Test(arguments: ["hello\r\n", "25\r\n", "150 x\r\n", "650 x\r\n", "250x\r\n", "250-a\r\n251 b\r\n", "\r\n"])
    func refusesOtherLines(_ text: String) {
        #expect(throws: FetchError.self) { try parse(text) }
    }

    @Test func isBounded() {
        #expect(throws: FetchError.self) { try parse("250 " + String(repeating: "x", count: 3000)) }
        #expect(throws: FetchError.self) {
            try parse(String(repeating: "250-" + String(repeating: "x", count: 1000) + "\r\n", count: 100))
        }
    }

    @Test func readsEnhancedCodes() {
        for text in ["", "5", "5.1", "5.1.1.1", "3.1.1", "5.x.1", "5..1", "5.1.1000", "5.-1.1", "+5.1.1"] {
            #expect(EnhancedStatus(text) == nil, "\(text)")
        }
        #expect(EnhancedStatus("4.12.999")?.description == "4.12.999")
    }

    @Test(arguments: ["a@b", "a.b+c@d.example", "o'brien@x.example", "é@bücher.example", "a=b@c", "用户@例子.广告"])
    func takesAddresses(_ text: String) {
        #expect(throws: Never.self) { try SMTPAddress.check(text) }
    }

    @Test(arguments: [
        "", "a", "@b", "a@", "a b@c", "a@b c", "<a@b>", "a@b>", "a@b\r\nRCPT TO:<x@y>", "a\n@b", "a@b\u{0}", "a@b,c@d",
        "@x:a@b", "a@@b", "a@b@c", "\"a b\"@c", "a..b@c", ".a@b", "a@b.", "a@.b", "a\u{a0}b@c", "a\u{200b}@b", "a@-b",
        "a\u{2028}@b",
        "a@[127.0.0.1]",
    ]) func refusesAddresses(_ text: String) {
        #expect(throws: FetchError.self) { try SMTPAddress.check(text) }
    }

    @Test func refusesWhatIsNoMessage() throws {
        func needs(_ text: String) throws -> SMTPMessage.Needs {
            try SMTPMessage(sender: nil, recipients: ["a@b"], content: Array(text.utf8)).check()
        }
        for text in [
            "a", "a\n", "a\rb\r\n", "a\r\n.\nb\r\n", "a\n.\r\n", "\r\r\n", "a\r", "a\u{0}\r\n",
            String(repeating: "x", count: 999) + "\r\n",
        ] {
            #expect(throws: FetchError.self, "\(text.debugDescription)") { try needs(text) }
        }
        #expect(try needs(String(repeating: "x", count: 998) + "\r\n").size == 1000)
        #expect(try needs("").size == 0)
        #expect(try needs("é\r\n").is8Bit)
        #expect(throws: FetchError.self) { try SMTPMessage(sender: nil, recipients: [], content: []).check() }
    }

    @Test func doublesDots() {
        func stuffed(_ text: String) -> String {
            String(
                decoding: SMTPMessage(sender: nil, recipients: ["a@b"], content: Array(text.utf8)).stuffed().joined(),
                as: UTF8.self
            )
        }
        #expect(stuffed("") == ".\r\n")
        #expect(stuffed(".\r\n") == "..\r\n.\r\n")
        #expect(stuffed("a\r\n.b\r\n..c\r\nd.\r\n") == "a\r\n..b\r\n...c\r\nd.\r\n.\r\n")
    }

    @Test func largeContentIsSentInPieces() {
        let text = String(repeating: ".\r\n", count: 300_000)
        let pieces = SMTPMessage(sender: nil, recipients: ["a@b"], content: Array(text.utf8)).stuffed()
        #expect(pieces.count == 5)
        #expect(Array(pieces.joined()) == Array((String(repeating: "..\r\n", count: 300_000) + ".\r\n").utf8))
        var output = SMTPOutput()
        for piece in pieces { output.append(piece) }
        output.append([])
        var sent: [UInt8] = []
        while !output.isEmpty {
            let part = output.withNext { Array($0.prefix(100_000)) }
            sent += part
            output.sent(part.count)
        }
        #expect(sent == Array(pieces.joined()))
    }

    @Test func readsCapabilities() {
        let reply = SMTPReply(
            code: 250,
            lines: ["SIZE 7", "size 1000", "8BITMIME", "AUTH PLAIN login", "SMTPUTF8", "X"]
        )
        let read = SMTPCapabilities(reply)
        #expect(read.maximumSize == 1000 && read.hasSize && read.has8BitMIME && read.hasSMTPUTF8 && !read.hasPipelining)
        #expect(read.mechanisms == ["PLAIN", "LOGIN"])
        #expect(SMTPCapabilities(SMTPReply(code: 250, lines: ["only a greeting"])) == SMTPCapabilities())
    }
}
