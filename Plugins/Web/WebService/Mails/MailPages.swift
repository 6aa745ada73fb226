import HTTP
import Reactor

/// The mails of local work, for whoever sits at this machine: a list, and one mail as text and as it looks.
struct MailPages: Sendable {
    /// Where they are.
    static let path = "/mails"

    let folder: MailFolder
    let loops: EventLoopGroup
    /// What links of our own begin with.
    let origin: String

    /// Whether a path is the viewer's.
    static func isPath(_ path: Substring) -> Bool { path == Self.path[...] || path.hasPrefix(Self.path + "/") }

    /// The answer; nil for a path that is not the viewer's, and for anybody who is not at this machine.
    func answer(_ request: HTTPRequest) async -> HTTPResponse? {
        let path = request.head.path
        guard Self.isPath(path), Self.isHere(request) else { return nil }
        guard request.head.method == .get || request.head.method == .head else {
            return HTTPResponse(status: 405, fields: ["allow": "GET, HEAD"])
        }
        let steps = path.dropFirst(Self.path.count).split(separator: "/").map(String.init)
        let folder = folder
        do {
            switch (steps.count, steps.first, steps.last) {
            case (0, _, _):
                let mails = try await loops.blocking.run {
                    folder.newest().compactMap { name in folder.mail(name).map { (name: name, mail: $0) } }
                }
                return Self.page(MailHTML.list(mails))
            case (1, "style.css"?, _):
                return Self.answer(MailHTML.style, "text/css; charset=utf-8", "default-src 'none'")
            case (1, let name?, _):
                guard let mail = try await loops.blocking.run({ folder.mail(name) }) else { return nil }
                return Self.page(MailHTML.mail(name, mail, origin: origin))
            case (2, let name?, "html"?):
                guard let mail = try await loops.blocking.run({ folder.mail(name) }), !mail.html.isEmpty else {
                    return nil
                }
                return Self.answer(MailHTML.framed(mail.html), "text/html; charset=utf-8", MailHTML.mailPolicy)
            default:
                return nil
            }
        } catch {
            return .text("Too much is going on; try again.\n", status: 503)
        }
    }

    private static func page(_ html: String) -> HTTPResponse {
        var answer = answer(html, "text/html; charset=utf-8", MailHTML.pagePolicy)
        answer.fields["x-frame-options"] = "DENY"
        return answer
    }

    private static func answer(_ text: String, _ type: String, _ policy: String) -> HTTPResponse {
        let fields: HTTPFields = [
            "content-type": type, "content-security-policy": policy, "cache-control": "no-store",
            "x-content-type-options": "nosniff", "referrer-policy": "no-referrer",
            "cross-origin-resource-policy": "same-origin",
        ]
        return HTTPResponse(status: 200, fields: fields, body: .bytes(Array(text.utf8)))
    }

    /// Whether the peer is this machine and asked for it by a name of this machine: no page elsewhere can have its own
    /// name lead here.
    static func isHere(_ request: HTTPRequest) -> Bool {
        guard let remote = request.remote, isLoopback(remote) else { return false }
        let authority = request.head.authority
        let host = SocketAddress.split(authority)?.host ?? authority
        return host == "localhost" || host.hasSuffix(".localhost") || host == "[::1]"
            || SocketAddress(host: host, port: 1).map(isLoopback) == true
    }

    private static func isLoopback(_ address: SocketAddress) -> Bool {
        guard address.path == nil else { return true }
        let bytes = address.hostBytes
        return bytes.count == 4 ? bytes[0] == 127 : bytes == [UInt8](repeating: 0, count: 15) + [1]
    }
}
