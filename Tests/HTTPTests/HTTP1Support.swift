import Testing

@testable import HTTP

/// A request as the tests compare it.
struct ReadRequest {
    let head: HTTPRequestHead
    let keepsAlive: Bool
    var body: [UInt8] = []

    var summary: String {
        "\(head.method) \(head.authority) \(head.target) \(head.version) \(keepsAlive ? "stays" : "closes")"
    }
}

/// Every complete request of a text.
func requests(_ text: String, _ limits: HTTP1Limits = HTTP1Limits()) throws -> [ReadRequest] {
    var parser = HTTP1Parser(limits: limits)
    return try Array(text.utf8).withUnsafeBytes { bytes in
        var input = bytes
        var done: [ReadRequest] = []
        var current: ReadRequest?
        while let event = try parser.next(&input) {
            switch event {
            case .head(let head): current = ReadRequest(head: head.head, keepsAlive: head.keepsAlive)
            case .body(let bytes): current?.body.append(contentsOf: bytes)
            case .end: done.append(try #require(current))
            }
        }
        return done
    }
}

/// All that a parser makes of pieces, refusal included, as text to compare.
func outcome(of pieces: [[UInt8]]) -> String {
    var parser = HTTP1Parser()
    var text = ""
    var body: [UInt8] = []
    do {
        for piece in pieces {
            try piece.withUnsafeBytes { bytes in
                var input = bytes
                while let event = try parser.next(&input) {
                    switch event {
                    case .head(let head): text += "head \(head)\n"
                    case .body(let bytes): body.append(contentsOf: bytes)
                    case .end:
                        text += "end \(body)\n"
                        body = []
                    }
                }
            }
        }
        return text + "open \(body)"
    } catch {
        return text + "refused \(body) \(error)"
    }
}
