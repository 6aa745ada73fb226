internal import Observe

/// What is said for AUTH (RFC 4954). A value without I/O.
struct SMTPAuthentication {
    private(set) var command: String
    /// What follows each 334, in order.
    private var answers: [String]
    /// Whether there was nothing more to answer.
    private(set) var hasGivenUp = false

    /// - Throws: `notOffered` when the server knows no mechanism that fits; `invalidRequest` for what cannot be encoded.
    init(_ credentials: SMTPCredentials, offered: [String]) throws(FetchError) {
        guard credentials.user.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7f }) else {
            throw FetchError(.invalidRequest, "the mail user has control characters")
        }
        let wanted: [SMTPCredentials.Mechanism] = credentials.mechanism.map { [$0] } ?? [.plain, .login]
        guard let mechanism = wanted.first(where: { offered.contains($0.rawValue) }) else {
            let names = wanted.map(\.rawValue).joined(separator: " or ")
            let list = offered.isEmpty ? "no AUTH at all" : "only \(offered.joined(separator: ", "))"
            throw FetchError(.notOffered, "the server offers \(list), and AUTH \(names) is wanted")
        }
        let secret = credentials.secret.reveal()
        switch mechanism {
        case .plain:
            guard !secret.utf8.contains(0) else {
                throw FetchError(.invalidRequest, "the mail password has a zero byte")
            }
            command = "AUTH PLAIN " + Self.base64("\u{0}\(credentials.user)\u{0}\(secret)")
            answers = []
        case .login:
            command = "AUTH LOGIN"
            answers = [Self.base64(credentials.user), Self.base64(secret)]
        case .xoauth2:
            guard secret.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f }) else {
                throw FetchError(.invalidRequest, "the mail token has characters that no token has")
            }
            command = "AUTH XOAUTH2 " + Self.base64("user=\(credentials.user)\u{1}auth=Bearer \(secret)\u{1}\u{1}")
            // A 334 here carries the reason of a refusal; the empty answer asks for the code.
            answers = [""]
        }
    }

    /// The answer to a 334; nil when there should be none, and the exchange is to be given up.
    mutating func next() -> String? {
        guard answers.isEmpty else { return answers.removeFirst() }
        hasGivenUp = true
        return nil
    }

    static func base64(_ text: String) -> String {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        let bytes = Array(text.utf8)
        var output: [UInt8] = []
        output.reserveCapacity((bytes.count + 2) / 3 * 4)
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            var bits = group.reduce(0) { $0 << 8 | Int($1) }
            bits <<= 8 * (3 - group.count)
            for index in 0..<4 {
                let isPadding = index > group.count
                output.append(isPadding ? UInt8(ascii: "=") : alphabet[bits >> (18 - 6 * index) & 63])
            }
        }
        return String(decoding: output, as: UTF8.self)
    }
}
