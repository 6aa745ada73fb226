@testable import Fetch

/// Answers of mail servers, and heads of HTTP servers: the same however they are cut, within their limits.
func fuzzSMTP(_ input: [UInt8]) {
    let pieces = Pieces(input)
    let atOnce = replies([pieces.whole])
    same(atOnce, replies(pieces.cut()), "at once, and in pieces")
    for reply in atOnce.replies {
        hold((200..<600).contains(reply.code), "a code is one")
        hold(!reply.lines.isEmpty, "an answer has a line")
        // These go to logs.
        hold(reply.text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7f }, "a text has no controls")
    }
}

private struct Replies: Equatable {
    var replies: [SMTPReply] = []
    var isRefused = false

    /// False where the parser refuses.
    mutating func take(_ piece: some Sequence<UInt8>, _ parser: inout SMTPReplyParser) -> Bool {
        Array(piece).withUnsafeBytes { bytes in
            do throws(FetchError) {
                replies += try parser.feed(bytes)
                return true
            } catch {
                isRefused = true
                return false
            }
        }
    }
}

private func replies(_ pieces: [[UInt8]]) -> Replies {
    var parser = SMTPReplyParser()
    var all = Replies()
    for piece in pieces where !all.isRefused {
        // A refusal takes what came before it in the same piece: line by line they are the same.
        for line in piece.split(separator: 0x0a, omittingEmptySubsequences: false).enumerated() {
            if line.offset > 0, !all.take([0x0a], &parser) { break }
            if !all.take(line.element, &parser) { break }
        }
    }
    return all
}
