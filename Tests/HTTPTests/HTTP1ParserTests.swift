import TestServers
import Testing

@testable import HTTP

@Suite struct HTTP1ParserTests {
    // MARK: What is accepted

    @Test func readsTheForms() throws {
        let get = try requests("GET /a?b=c HTTP/1.1\r\nHost: x.test:8080\r\nAccept:  */* \r\n\r\n")
        #expect(get.map(\.summary) == ["GET x.test:8080 /a?b=c HTTP/1.1 stays"])
        #expect(get[0].head.fields["accept"] == "*/*")
        #expect(try requests("OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n").map(\.summary) == ["OPTIONS x * HTTP/1.1 stays"])
        let absolute = "GET HTTP://Real.test?q HTTP/1.1\r\nHost: other\r\n\r\n"
        #expect(try requests(absolute).map(\.summary) == ["GET Real.test /?q HTTP/1.1 stays"])
        #expect(try requests("GET / HTTP/1.0\r\n\r\n").map(\.summary) == ["GET  / HTTP/1.0 closes"])
        let literal = "GET / HTTP/1.1\r\nHost: [::1]:80\r\n\r\n"
        #expect(try requests(literal).map(\.summary) == ["GET [::1]:80 / HTTP/1.1 stays"])
    }

    @Test(arguments: [
        ("1.1", "", true), ("1.1", "Connection: close\r\n", false), ("1.1", "Connection: x, Close\r\n", false),
        ("1.0", "", false), ("1.0", "Connection: Keep-Alive\r\n", true),
        ("1.0", "Connection: keep-alive, close\r\n", false), ("1.1", "Connection: closed\r\n", true),
    ])
    func tellsWhetherItStays(_ version: String, _ field: String, _ stays: Bool) throws {
        let all = try requests("GET / HTTP/\(version)\r\nHost: a\r\n\(field)\r\n")
        #expect(all.map(\.keepsAlive) == [stays])
    }

    @Test func readsBodies() throws {
        let text = "POST /1 HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello"
        #expect(try requests(text)[0].body == Array("hello".utf8))
        let chunked = """
            POST /2 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: Chunked\r\n\r\n\
            5;name=\"v\"\r\nhello\r\n00A\r\n, all of y\r\n0\r\nX-Trailer: t\r\nHost: evil\r\n\r\n
            """
        let read = try requests(chunked)[0]
        #expect(read.body == Array("hello, all of y".utf8))
        #expect(read.head.fields["x-trailer"] == nil, "trailers are dropped")
        #expect(read.head.fields.values(for: "host") == ["a"])
    }

    /// Found by the fuzzer: as text such a value is three times as long.
    @Test func limitsAreOfBytesAsTheyCame() {
        func read(_ count: Int) -> String {
            let value = [UInt8](repeating: 0xff, count: count)
            return outcome(of: [Array("GET / HTTP/1.1\r\nhost: a\r\nx: ".utf8) + value + Array("\r\n\r\n".utf8)])
        }
        #expect(read(16_000).hasPrefix("head"))
        #expect(read(16_400).hasPrefix("refused"))
    }

    @Test func readsPipelinedRequests() throws {
        let text = """
            POST /1 HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc\r\nGET /2 HTTP/1.1\r\nHost: a\r\n\r\n\
            POST /3 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\nGET /4 HTTP/1.1\r\nHost: a\r\n\r\n
            """
        #expect(try requests(text).map(\.head.target) == ["/1", "/2", "/3", "/4"])
    }

    @Test func tellsOfExpectation() throws {
        let text = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nExpect: 100-Continue\r\n\r\nx"
        var parser = HTTP1Parser()
        let head = try firstHead(of: text, &parser)
        #expect(head?.expectsContinue == true)
        #expect(parser.missingContentBytes == 0 || parser.missingContentBytes == 1)
        var second = HTTP1Parser()
        let without = try firstHead(of: "GET / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n\r\n", &second)
        #expect(without?.expectsContinue == false, "there is no content to wait for")
    }

    // MARK: What is refused

    @Test(arguments: HTTP1Refused.all)
    func refuses(_ sample: HTTP1Refused) {
        let error = #expect(throws: HTTP1Refusal.self, "\(sample.name)") { try requests(sample.text) }
        #expect(error?.status == sample.status, "\(sample.name): \(error?.reason ?? "accepted")")
    }

    @Test func refusalIsFinal() throws {
        var parser = HTTP1Parser()
        let bad = Array("G@T / HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n".utf8)
        for _ in 0..<3 {
            #expect(throws: HTTP1Refusal.self) {
                try bad.withUnsafeBytes { bytes in
                    var input = bytes
                    _ = try parser.next(&input)
                }
            }
        }
    }

    @Test func honoursItsLimits() throws {
        var limits = HTTP1Limits()
        limits.requestLineBytes = 20
        limits.headerBytes = 40
        limits.fields = 2
        limits.bodyBytes = 4
        let fits = "GET /1234567 HTTP/1.1\r\nHost: a\r\nb: c\r\n\r\n"
        #expect(throws: HTTP1Refusal(414, "the request line is too long")) { try requests(fits, limits) }
        #expect(try requests(fits.replacing("/1234567", with: "/123456"), limits).count == 1)
        let many = "GET / HTTP/1.1\r\nHost: a\r\nb: c\r\nd: e\r\n\r\n"
        #expect(throws: HTTP1Refusal(431, "too many fields")) { try requests(many, limits) }
        let wide = "GET / HTTP/1.1\r\nHost: a\r\nb: \(String(repeating: "c", count: 40))\r\n\r\n"
        #expect(throws: HTTP1Refusal(431, "the header section is too long")) { try requests(wide, limits) }
        let chunks = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"
        var roomy = limits
        roomy.headerBytes = 400
        #expect(throws: HTTP1Refusal(413, "the content is longer than 4 bytes")) { try requests(chunks, roomy) }
        let long = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n"
        #expect(throws: HTTP1Refusal(413, "the content is longer than 4 bytes")) { try requests(long, roomy) }
    }

    // MARK: Pieces

    @Test(arguments: HTTP1Samples.all)
    func readsByteByByteAsWhole(_ text: String) {
        let bytes = Array(text.utf8)
        let whole = outcome(of: [bytes])
        #expect(outcome(of: bytes.map { [$0] }) == whole)
    }

    @Test(arguments: 0..<40)
    func readsRandomPiecesAsWhole(_ seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        for text in HTTP1Samples.all {
            let bytes = Array(text.utf8)
            var pieces: [[UInt8]] = []
            var rest = bytes[...]
            while !rest.isEmpty {
                let count = Int.random(in: 1...max(1, min(rest.count, 40)), using: &random)
                pieces.append(Array(rest.prefix(count)))
                rest = rest.dropFirst(count)
            }
            #expect(outcome(of: pieces) == outcome(of: [bytes]), "seed \(seed)")
        }
    }

    @Test(arguments: 0..<20)
    func survivesRandomDamage(_ seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        for text in HTTP1Samples.all {
            var bytes = Array(text.utf8)
            for _ in 0..<3 where !bytes.isEmpty {
                bytes[Int.random(in: bytes.indices, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            #expect(outcome(of: bytes.map { [$0] }) == outcome(of: [bytes]), "seed \(seed): \(bytes)")
        }
    }

    private func firstHead(of text: String, _ parser: inout HTTP1Parser) throws -> HTTP1RequestHead? {
        try Array(text.utf8).withUnsafeBytes { bytes in
            var input = bytes
            guard case .head(let head) = try parser.next(&input) else { return nil }
            return head
        }
    }
}
