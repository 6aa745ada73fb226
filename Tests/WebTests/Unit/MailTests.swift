import HTTP
import Reactor
import TestServers
import Testing

@testable import WebService

/// The local viewer of mails.
@Suite struct MailTests {
    private static let mail = """
        From: =?utf-8?B?TG9uamEg8J+Mig==?= <a@lonja.example>\r
        To: "Ana Ruiz"\r
         <ana@example.com>\r
        Subject: =?utf-8?B?Q29uZmlybWEg?=\r
         =?utf-8?B?dHUgY29ycmVv?=\r
        Date: Fri, 27 Nov 2026 08:00:00 +0000\r
        Content-Type: multipart/alternative;\r
         boundary="=_1"\r
        \r
        --=_1\r
        Content-Type: text/plain; charset=utf-8\r
        Content-Transfer-Encoding: quoted-printable\r
        \r
        Ma=C3=B1ana <b>&\r
        http://localhost:8080/verify-email?token=3Dabc=\r
        def now\r
        http://localhost:8080.evil.example/\r
        \r
        --=_1\r
        Content-Type: text/html; charset=utf-8\r
        Content-Transfer-Encoding: base64\r
        \r
        PGh0bWw+PGhlYWQ+PC9oZWFkPjxwPkhvbGE8L3A+PC9odG1sPg==\r
        --=_1--\r

        """

    @Test func aMailIsRead() {
        let mail = MailText(parsing: Array(Self.mail.utf8))
        #expect(mail.from == "Lonja 🌊 <a@lonja.example>")
        #expect(mail.to == "\"Ana Ruiz\" <ana@example.com>")
        #expect(mail.subject == "Confirma tu correo")
        #expect(mail.text.hasPrefix("Mañana <b>&\nhttp://localhost:8080/verify-email?token=abcdef now\n"))
        #expect(mail.html == "<html><head></head><p>Hola</p></html>")
    }

    @Test(arguments: ["", "\r\n", "a", "Content-Type: multipart/x; boundary=\r\n\r\n--\r\n--\r\n", "=\r\n\r\n=4"])
    func whatIsNoMailHasNoText(_ text: String) {
        let mail = MailText(parsing: Array(text.utf8))
        #expect(mail.subject.isEmpty && mail.html.isEmpty)
    }

    @Test func textIsShownAsText() {
        let html = MailHTML.mail("a.eml", MailText(parsing: Array(Self.mail.utf8)), origin: "http://localhost:8080")
        #expect(html.contains("Mañana &lt;b&gt;&amp;"))
        #expect(html.contains("<a href=\"http://localhost:8080/verify-email?token=abcdef\" target=\"_blank\""))
        #expect(!html.contains("href=\"http://localhost:8080.evil"))
        let hostile = MailText(parsing: Array("Subject: <script>alert(1)</script>\"'&\r\n\r\n</pre><script>".utf8))
        for page in [MailHTML.list([("a.eml", hostile)]), MailHTML.mail("a.eml", hostile, origin: "http://localhost")] {
            #expect(!page.contains("<script"))
            #expect(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&amp;"))
        }
    }

    @Test(arguments: ["../a.eml", ".a.eml", "a", "a/b.eml", "%2e.eml", "", "a b.eml"])
    func noOtherFileIsAMail(_ name: String) { #expect(!MailFolder.isName(name)) }

    private func answer(
        _ target: String,
        remote: String = "127.0.0.1:5",
        authority: String = "localhost:8080"
    ) async throws -> HTTPResponse? {
        let folder = try TemporaryFolder()
        try SmallBuild.put(Array(Self.mail.utf8), folder.file("20261127T080000.000Z-1.eml"))
        try SmallBuild.put([1], folder.file("secret.txt"))
        let loops = try EventLoopGroup(count: 1)
        defer { loops.shutdown() }
        let pages = MailPages(folder: MailFolder(path: folder.path), loops: loops, origin: "http://localhost:8080")
        let head = HTTPRequestHead(method: .get, authority: authority, target: target, version: .http1_1)
        return await pages.answer(HTTPRequest(head: head, remote: SocketAddress(parsing: remote)))
    }

    @Test func listMailAndItsHTMLAreShown() async throws {
        let name = "20261127T080000.000Z-1.eml"
        let list = Client.Answer(try #require(await answer("/mails")))
        #expect(list.status == 200 && list.text.contains("<a href=\"/mails/\(name)\">Confirma tu correo</a>"))
        #expect(list.fields["content-security-policy"] == MailHTML.pagePolicy)
        let mail = Client.Answer(try #require(await answer("/mails/\(name)")))
        #expect(mail.text.contains("sandbox=\"allow-popups allow-popups-to-escape-sandbox\""))
        #expect(mail.text.contains("src=\"/mails/\(name)/html\""))
        let html = Client.Answer(try #require(await answer("/mails/\(name)/html")))
        #expect(html.text == "<html><head><base target=\"_blank\"></head><p>Hola</p></html>")
        #expect(html.fields["content-security-policy"]?.hasPrefix("sandbox allow-popups") == true)
        #expect(html.fields["content-security-policy"]?.contains("default-src 'none'") == true)
        for path in ["/mails/secret.txt", "/mails/..%2fsecret.txt", "/mails/x.eml", "/mails/\(name)/text", "/mailsx"] {
            #expect(try await answer(path) == nil, "\(path)")
        }
    }

    @Test(arguments: [
        ("192.0.2.1:5", "localhost"), ("127.0.0.1:5", "evil.example"), ("127.0.0.1:5", "evil.example:8080"),
        ("[2001:db8::1]:5", "localhost"), ("127.0.0.1:5", "192.0.2.1:8080"), ("127.0.0.1:5", ""),
    ])
    func nobodyElseSeesThem(_ remote: String, _ authority: String) async throws {
        #expect(try await answer("/mails", remote: remote, authority: authority) == nil)
    }

    @Test(arguments: [("127.0.0.1:5", "127.0.0.1:80"), ("[::1]:5", "[::1]:80"), ("127.0.0.2:5", "x.localhost:1")])
    func thisMachineDoes(_ remote: String, _ authority: String) async throws {
        #expect(try await answer("/mails", remote: remote, authority: authority) != nil)
    }
}
