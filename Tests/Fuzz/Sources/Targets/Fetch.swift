import HTTP
import Observe

@testable import Fetch

/// What servers that we ask say: heads, redirects, dates.
func fuzzFetch(_ input: [UInt8]) {
    readHead(input)
    let text = String(decoding: input, as: UTF8.self)
    let now = WallTime(secondsSinceEpoch: 1_700_000_000)
    if let wait = RetryAfter.parse(text, now: now) { hold(wait >= .zero, "no wait is negative") }
    guard let base = try? FetchURL("https://example.com:8443/a/b?c"), let url = try? base.resolving(text) else {
        return
    }
    hold(url.scheme == "https" || url.scheme == "http", "only http is followed")
    hold(!url.host.isEmpty && url.port > 0, "there is a host to go to")
    hold(url.text.utf8.allSatisfy { $0 > 0x20 && $0 != 0x7f }, "nothing in it ends a request line")
    same(try? FetchURL(url.text), url, "a URL, and the same read again")
}

private func readHead(_ input: [UInt8]) {
    var parser = ResponseHeadParser()
    for line in input.split(separator: 0x0a, omittingEmptySubsequences: false) {
        let isRefused = line.withUnsafeBytes { bytes in
            do throws(FetchError) {
                guard case .head(let head) = try parser.feed(bytes) else { return false }
                hold((200..<600).contains(head.status), "a status is one")
                hold(head.fields.count <= ResponseHeadParser.maximumFields, "the number of fields is limited")
                return false
            } catch {
                hold(error.code == .protocolViolation || error.code == .headTooLarge, "\(error) says what is wrong")
                return true
            }
        }
        if isRefused { return }
    }
}
