@testable import HTTP

/// HTTP/1.1: what is read does not depend on how the bytes come, keeps the limits, and written again it reads the same.
func fuzzHTTP1(_ input: [UInt8]) {
    let pieces = Pieces(input)
    let atOnce = HTTP1Result([pieces.whole])
    same(atOnce, HTTP1Result(pieces.cut()), "at once, and in pieces")
    if pieces.whole.count <= 2048 {
        same(atOnce, HTTP1Result(pieces.bytes()), "at once, and byte by byte")
    }
    for request in atOnce.requests { check(request) }
    guard !atOnce.requests.isEmpty else { return }
    let again = HTTP1Result([atOnce.requests.flatMap(\.written)])
    same(again.requests, atOnce.requests, "read, and written and read again")
}

private func check(_ request: HTTP1Result.Request) {
    let limits = HTTP1Result.limits
    let head = request.head.head
    hold(head.fields.count <= limits.fields, "the number of fields is limited")
    let size = head.fields.reduce(0) { $0 + $1.name.utf8.count + wireBytes($1.value).count }
    hold(size <= limits.headerBytes, "the size of the fields is limited")
    hold(request.body.count <= limits.bodyBytes, "the content is limited")
    hold(head.target.utf8.count <= limits.requestLineBytes, "the target is limited")
    hold(head.target.utf8.first == UInt8(ascii: "/") || head.target == "*", "the target is a path or *")
    hold(head.target.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f }, "the target has no spaces or controls")
    hold(HTTP1HeadBuilder.isAuthority(head.authority) || head.version == .http1_0, "the authority is one")
    for field in head.fields {
        hold(!field.name.isEmpty && field.name.utf8.allSatisfy { $0.isTokenCharacter && $0.lowered == $0 }, "a name")
        hold(field.value.utf8.allSatisfy { $0 != 0x0d && $0 != 0x0a && $0 != 0 }, "a value has no ends of lines")
        same(field.value.utf8.first.map(\.isSpaceOrTab) ?? false, false, "a value begins with a space")
    }
    // What request smuggling lives on: two ways to say how long the content is.
    let lengths = head.fields.values(for: "content-length")
    let isChunked = head.fields.contains("transfer-encoding")
    switch request.head.framing {
    case .none: hold(!isChunked && lengths.allSatisfy { Int($0) == 0 }, "no content is said")
    case .length(let length):
        hold(!isChunked && lengths.count == 1 && Int(lengths[0]) == length, "one length is said")
        hold(!request.isComplete || request.body.count == length, "the content is as long as said")
    case .chunked: hold(isChunked && lengths.isEmpty, "chunks and no length are said")
    }
}

/// A value as it may have been on the wire: each piece of it that is no UTF-8 has become U+FFFD, which is longer.
private func wireBytes(_ value: String) -> [UInt8] {
    value.unicodeScalars.flatMap { $0 == "\u{fffd}" ? [0xff] : Array(String($0).utf8) }
}

/// All that a parser makes of pieces.
private struct HTTP1Result: Equatable {
    /// Small, so that inputs reach them.
    static let limits: HTTP1Limits = {
        var limits = HTTP1Limits()
        limits.requestLineBytes = 200
        limits.headerBytes = 400
        limits.fields = 8
        limits.bodyBytes = 300
        limits.trailerBytes = 100
        limits.trailerFields = 3
        return limits
    }()

    struct Request: Equatable {
        let head: HTTP1RequestHead
        var body: [UInt8] = []
        var isComplete = false

        static func == (first: Request, second: Request) -> Bool {
            let (one, two) = (first.head, second.head)
            return one.head.method == two.head.method && one.head.target == two.head.target
                && one.head.authority == two.head.authority && one.head.version == two.head.version
                && one.head.fields == two.head.fields && one.framing == two.framing && one.keepsAlive == two.keepsAlive
                && one.expectsContinue == two.expectsContinue && first.body == second.body
                && first.isComplete == second.isComplete
        }

        /// The request as bytes.
        var written: [UInt8] {
            let minor = head.head.version == .http1_0 ? 0 : 1
            // A target's own host wins over the field (RFC 9112, 3.2.2), so that it is written where it is another one.
            let isAbsolute = head.head.authority != head.head.fields["host"] ?? ""
            let origin = isAbsolute ? "http://\(head.head.authority)" : ""
            let target = isAbsolute && head.head.target == "*" ? "" : head.head.target
            var bytes = Array("\(head.head.method) \(origin)\(target) HTTP/1.\(minor)\r\n".utf8)
            for field in head.head.fields {
                bytes += Array("\(field.name): ".utf8) + wireBytes(field.value) + Array("\r\n".utf8)
            }
            bytes += Array("\r\n".utf8)
            guard head.framing == .chunked else { return bytes + body }
            for byte in body { bytes += Array("1\r\n".utf8) + [byte] + Array("\r\n".utf8) }
            return bytes + (isComplete ? Array("0\r\n\r\n".utf8) : [])
        }
    }

    var requests: [Request] = []
    var refusal: HTTP1Refusal?
    var isIdle = false

    init(_ pieces: [[UInt8]]) {
        var parser = HTTP1Parser(limits: Self.limits)
        for piece in pieces {
            let refusal = piece.withUnsafeBytes { read($0, &parser) }
            guard let refusal else { continue }
            self.refusal = refusal
            // A refusal is final.
            let later = Array("GET / HTTP/1.1\r\n\r\n".utf8).withUnsafeBytes { read($0, &parser) }
            same(later, refusal, "the same refusal again")
            return
        }
        isIdle = parser.isIdle
    }

    private mutating func read(_ bytes: UnsafeRawBufferPointer, _ parser: inout HTTP1Parser) -> HTTP1Refusal? {
        var input = bytes
        do throws(HTTP1Refusal) {
            while let event = try parser.next(&input) {
                switch event {
                case .head(let head): requests.append(Request(head: head))
                case .body(let bytes): requests[requests.count - 1].body += bytes
                case .end: requests[requests.count - 1].isComplete = true
                }
            }
            hold(input.isEmpty, "all bytes are taken")
            return nil
        } catch {
            return error
        }
    }
}
