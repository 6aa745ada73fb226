import Testing

/// A request that must be refused, and the status that says so.
struct HTTP1Refused: Sendable, CustomTestStringConvertible {
    let name: String
    let status: Int
    let text: String

    var testDescription: String { name }

    init(_ name: String, _ status: Int, _ text: String) {
        self.name = name
        self.status = status
        self.text = text
    }

    /// A POST with fields and a body that two readers might frame differently.
    private static func post(_ name: String, _ fields: String, status: Int = 400) -> HTTP1Refused {
        HTTP1Refused(name, status, "POST / HTTP/1.1\r\nHost: a\r\n\(fields)\r\n\r\n0\r\n\r\nGET /evil HTTP/1.1\r\n\r\n")
    }

    private static func get(_ name: String, _ field: String, status: Int = 400) -> HTTP1Refused {
        HTTP1Refused(name, status, "GET / HTTP/1.1\r\nHost: a\r\n\(field)\r\n\r\n")
    }

    private static func line(_ name: String, _ line: String, status: Int = 400) -> HTTP1Refused {
        HTTP1Refused(name, status, "\(line)\r\nHost: a\r\n\r\n")
    }

    private static func chunks(_ name: String, _ chunks: String, status: Int = 400) -> HTTP1Refused {
        HTTP1Refused(name, status, "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n\(chunks)")
    }

    static let all: [HTTP1Refused] = smuggling + lines + fields + bodies

    static let smuggling: [HTTP1Refused] = [
        post("CL.TE", "Content-Length: 6\r\nTransfer-Encoding: chunked"),
        post("TE.CL", "Transfer-Encoding: chunked\r\nContent-Length: 6"),
        post("two lengths", "Content-Length: 5\r\nContent-Length: 6"),
        post("the same length twice", "Content-Length: 5\r\nContent-Length: 5"),
        post("a list of lengths", "Content-Length: 5, 5"),
        post("signed length", "Content-Length: +5"),
        post("negative length", "Content-Length: -5"),
        post("hexadecimal length", "Content-Length: 0x5"),
        post("empty length", "Content-Length:"),
        post("length with a space", "Content-Length: 1 2"),
        post("huge length", "Content-Length: 99999999999999999999"),
        post("space before the colon", "Transfer-Encoding : chunked"),
        post("tab before the colon", "Content-Length\t: 5"),
        post("folded coding", "Transfer-Encoding:\r\n chunked"),
        post("two codings", "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked"),
        post("chunked twice", "Transfer-Encoding: chunked, chunked"),
        post("chunked not last", "Transfer-Encoding: chunked, identity"),
        post("identity", "Transfer-Encoding: identity"),
        post("empty coding", "Transfer-Encoding:"),
        post("empty list member", "Transfer-Encoding: , chunked"),
        post("xchunked", "Transfer-Encoding: xchunked"),
        post("vertical tab", "Transfer-Encoding: \u{0B}chunked"),
        post("quoted", "Transfer-Encoding: \"chunked\""),
        post("parameter", "Transfer-Encoding: chunked;q=1"),
        post("gzip first", "Transfer-Encoding: gzip, chunked", status: 501),
        HTTP1Refused("TE in 1.0", 400, "POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
        post("bare line feed hides a field", "X: y\nTransfer-Encoding: chunked"),
        post("bare carriage return hides a field", "X: y\rTransfer-Encoding: chunked"),
        post("NUL in a name", "Content\0-Length: 5"),
        post("two hosts", "Host: b"),
    ]

    static let lines: [HTTP1Refused] = [
        line("no method", " / HTTP/1.1"),
        line("lower version", "GET / http/1.1"),
        line("0.9", "GET /"),
        line("two spaces", "GET  / HTTP/1.1"),
        line("space at the end", "GET / HTTP/1.1 "),
        line("space in the target", "GET /a b HTTP/1.1"),
        line("tab", "GET\t/ HTTP/1.1"),
        line("fragment", "GET /a#b HTTP/1.1"),
        line("not ASCII", "GET /ñ HTTP/1.1"),
        line("control character", "GET /\u{01} HTTP/1.1"),
        line("relative target", "GET a HTTP/1.1"),
        line("asterisk for GET", "GET * HTTP/1.1"),
        line("other scheme", "GET ftp://a/ HTTP/1.1"),
        line("no host in the target", "GET http:///a HTTP/1.1"),
        line("user in the target", "GET http://u@a/ HTTP/1.1"),
        line("method no token", "GE(T / HTTP/1.1"),
        line("long method", String(repeating: "M", count: 33) + " / HTTP/1.1", status: 501),
        line("tunnel", "CONNECT a:443 HTTP/1.1", status: 501),
        line("1.2", "GET / HTTP/1.2", status: 505),
        line("2.0", "GET / HTTP/2.0", status: 505),
        line("long version", "GET / HTTP/1.10"),
        line("long line", "GET /" + String(repeating: "a", count: 9000) + " HTTP/1.1", status: 414),
        HTTP1Refused("line without an end", 414, "GET /" + String(repeating: "a", count: 9000)),
        HTTP1Refused("two empty lines", 400, "\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n"),
        HTTP1Refused("bare line feed", 400, "GET / HTTP/1.1\nHost: a\r\n\r\n"),
        HTTP1Refused("TLS", 400, "\u{16}\u{03}\u{01}"),
    ]

    static let fields: [HTTP1Refused] = [
        HTTP1Refused("no host", 400, "GET / HTTP/1.1\r\n\r\n"),
        HTTP1Refused("empty host", 400, "GET / HTTP/1.1\r\nHost:\r\n\r\n"),
        HTTP1Refused("host with a path", 400, "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n"),
        HTTP1Refused("host with a user", 400, "GET / HTTP/1.1\r\nHost: u@a\r\n\r\n"),
        HTTP1Refused("host list", 400, "GET / HTTP/1.1\r\nHost: a, b\r\n\r\n"),
        HTTP1Refused("host with a bad port", 400, "GET / HTTP/1.1\r\nHost: a:8x\r\n\r\n"),
        HTTP1Refused("host with a broken literal", 400, "GET / HTTP/1.1\r\nHost: [::1\r\n\r\n"),
        HTTP1Refused("folded first field", 400, "GET / HTTP/1.1\r\n Host: a\r\n\r\n"),
        get("no colon", "nothing"),
        get("empty name", ": x"),
        get("name with a space", "a b: c"),
        get("name not ASCII", "ñ: c"),
        get("NUL", "a: b\0c"),
        get("delete", "a: b\u{7F}c"),
        get("folded", "a: b\r\n c"),
        get("unknown expectation", "Expect: miracle", status: 417),
        get("too many", (0..<100).map { "a: \($0)" }.joined(separator: "\r\n"), status: 431),
        get("too long", "a: " + String(repeating: "b", count: 17_000), status: 431),
    ]

    static let bodies: [HTTP1Refused] = [
        chunks("no size", "\r\n"),
        chunks("no hexadecimal digit", "g\r\n"),
        chunks("space before the size", " 5\r\nhello\r\n0\r\n\r\n"),
        chunks("space after the size", "5 \r\nhello\r\n0\r\n\r\n"),
        chunks("0x", "0x5\r\nhello\r\n0\r\n\r\n"),
        chunks("minus", "-5\r\nhello\r\n0\r\n\r\n"),
        chunks("17 digits", "00000000000000005\r\nhello\r\n0\r\n\r\n"),
        chunks("overflow", "ffffffffffffffff\r\n", status: 413),
        chunks("bare line feed after the size", "5\nhello\r\n0\r\n\r\n"),
        chunks("longer than its size", "5\r\nhello!\r\n0\r\n\r\n"),
        chunks("no end after the data", "5\r\nhello0\r\n\r\n"),
        chunks("bare line feed after the data", "5\r\nhello\n0\r\n\r\n"),
        chunks("long extension", "5;" + String(repeating: "a", count: 300) + "\r\nhello\r\n0\r\n\r\n"),
        chunks("many extensions", String(repeating: "1;\(String(repeating: "a", count: 200))\r\nx\r\n", count: 30)),
        chunks("line feed in an extension", "5;a\rb\r\nhello\r\n0\r\n\r\n"),
        chunks("folded trailer", "0\r\na: b\r\n c\r\n\r\n"),
        chunks("trailer without a colon", "0\r\nabc\r\n\r\n"),
        chunks("many trailers", "0\r\n" + String(repeating: "a: b\r\n", count: 40) + "\r\n", status: 431),
        chunks("long trailer", "0\r\na: " + String(repeating: "b", count: 5000) + "\r\n\r\n", status: 431),
    ]
}

/// Everything the splitting tests feed: good, bad and cut off.
enum HTTP1Samples {
    static let all: [String] =
        HTTP1Refused.all.map(\.text) + [
            "GET / HTTP/1.1\r\nHost: a\r\n\r\nGET /2 HTTP/1.0\r\n\r\n",
            "\r\nPOST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n0123456789\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n",
            """
            POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5;a=b\r\nhello\r\n10\r\n0123456789abcdef\r\n\
            0\r\nTrailer: x\r\n\r\nDELETE /x HTTP/1.1\r\nHost: b\r\n\r\n
            """,
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n012",
            "GET / HTT",
        ]
}
