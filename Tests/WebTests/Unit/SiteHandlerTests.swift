import HTTP
import Observe
import Testing

@testable import WebService

/// What is answered to which request.
@Suite struct SiteHandlerTests {
    private let client: Client
    private let script = "/assets/\(SmallBuild.script)"

    init() throws { client = try Client() }

    @Test func hashedAssetsNeverChange() {
        let plain = client.get(script)
        #expect(plain.status == 200)
        #expect(plain.fields["cache-control"] == "public, max-age=31536000, immutable")
        #expect(plain.fields["content-type"] == "text/javascript; charset=utf-8")
        #expect(plain.fields["content-encoding"] == nil)
        #expect(plain.fields["vary"] == "accept-encoding")
        #expect(plain.fields["content-length"] == "\(plain.bytes.count)")
        #expect(plain.fields["x-content-type-options"] == "nosniff")
        #expect(plain.fields["cross-origin-resource-policy"] == "same-origin")
        #expect(client.get("/assets/chart.js").fields["cache-control"] == "no-cache")
        #expect(client.get("\(script)?x=1").status == 200)
    }

    @Test func theBuildsOwnFormsAreSent() {
        let brotli = client.get(script, ["accept-encoding": "gzip, br"])
        #expect(brotli.text == "brotli")
        #expect(brotli.fields["content-encoding"] == "br")
        #expect(brotli.fields["content-length"] == "6")
        let gzip = client.get(script, ["accept-encoding": "gzip"])
        #expect(gzip.text == "gzip")
        #expect(Set([client.get(script), brotli, gzip].map { $0.fields["etag"] }).count == 3)
        let font = client.get("/assets/inter-400-0A1B2C3D.woff2", ["accept-encoding": "br"])
        #expect(font.bytes == [0, 1, 2, 3] && font.fields["vary"] == nil)
    }

    @Test func whoHasItGetsNothing() throws {
        let brotli: HTTPFields = ["accept-encoding": "br"]
        for path in [script, "/", "/stocks/AAPL", "/robots.txt"] {
            let first = client.get(path, brotli)
            let tag = try #require(first.fields["etag"])
            #expect(tag.hasPrefix("\"") && first.status == 200)
            let again = client.get(path, ["accept-encoding": "br", "if-none-match": "\"x\", W/\(tag)"])
            #expect(again.status == 304 && again.bytes.isEmpty)
            for name in ["etag", "cache-control", "vary", "content-security-policy"] {
                #expect(again.fields[name] == first.fields[name])
            }
            #expect(again.fields["content-length"] == nil && again.fields["content-type"] == nil)
            #expect(client.get(path, ["if-none-match": "\"other\""]).status == 200)
        }
    }

    @Test func pagesGoByLanguageAndTheme() {
        let page = client.get("/", ["accept-language": "es"])
        #expect(page.text.contains("<h1>home es</h1>") && page.text.contains("lang=\"es\" data-theme=\"auto\""))
        #expect(page.fields["content-language"] == "es")
        #expect(page.fields["cache-control"] == "no-cache")
        #expect(page.fields["vary"] == "accept-encoding, accept-language, cookie")
        let dark = client.get("/stocks/AAPL", ["cookie": "lonja-theme=dark; lonja-language=es"])
        #expect(dark.text.contains("<h1>shell es</h1>") && dark.text.contains("<html lang=\"es\" data-theme=\"dark\">"))
        #expect(client.get("/login").text.contains("<h1>login en</h1>"))
        let tags = ["auto", "light", "dark"].map { client.get("/", ["cookie": "lonja-theme=\($0)"]).fields["etag"] }
        #expect(Set(tags).count == 3)
    }

    @Test func pagesHaveTheStrictPolicy() {
        let fields = client.get("/").fields
        #expect(
            fields["content-security-policy"]
                == "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
                + "connect-src 'self'; manifest-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'self'; "
                + "frame-ancestors 'none'; require-trusted-types-for 'script'"
        )
        #expect(fields["referrer-policy"] == "same-origin")
        #expect(fields["cross-origin-opener-policy"] == "same-origin")
        #expect(fields["x-frame-options"] == "DENY")
        #expect(fields["permissions-policy"] == "camera=(), microphone=(), geolocation=(), payment=()")
        #expect(fields["strict-transport-security"] == nil && fields["server"] == nil)
        #expect(client.get("/verify-email?token=a").fields["referrer-policy"] == "no-referrer")
        #expect(client.get("/assets/chart.js").fields["content-security-policy"]?.contains("connect-src") == true)
    }

    @Test func httpsIsKeptTo() throws {
        let secure = try Client(SmallBuild(), Site.Options(isSecure: true))
        for path in ["/", script, "/nowhere", "/robots.txt"] {
            #expect(secure.get(path).fields["strict-transport-security"]?.hasPrefix("max-age=63072000") == true)
        }
    }

    @Test func unknownPathsAreMissingInTheVisitorsLanguage() {
        for path in ["/nowhere", "/stocks/AAPL/x", "/stocks//", "/..%2f", "/site.json", "/pages/en/home.html", "//x"] {
            let answer = client.get(path, ["accept-language": "es"])
            #expect(answer.status == 404 && answer.text.contains("<h1>not-found es</h1>"), "\(path)")
            #expect(answer.fields["cache-control"] == "no-store" && answer.fields["etag"] == nil)
            #expect(answer.fields["content-security-policy"] == SecurityFields.pagePolicy)
        }
        let file = client.get("/assets/gone-7KQ2M3XA.js")
        #expect(file.status == 404 && file.fields["content-type"] == "text/plain; charset=utf-8")
    }

    @Test func nothingOfTheDiskCanBeAskedFor() {
        for path in [
            "/../../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "/assets/../site.json", "/assets/..%2fsite.json",
            "/assets/%2e%2e/pages/en/home.html", "/....//etc/passwd", "/etc/passwd", "/assets/\(SmallBuild.script).gz",
            "/assets//etc/passwd", "/%00", "/assets/main-7KQ2M3XA%2ejs",
        ] { #expect(client.get(path).status == 404, "\(path)") }
    }

    @Test func onlyReadingIsAllowed() {
        for path in ["/", script, "/stocks/AAPL"] {
            for method in [HTTPMethod.post, .put, .delete, .patch, .options, HTTPMethod(rawValue: "BREW")] {
                let answer = client.get(path, method: method)
                #expect(answer.status == 405 && answer.fields["allow"] == "GET, HEAD")
            }
            #expect(client.get(path, method: .head).status == 200)
        }
        #expect(client.get("/nowhere", method: .post).status == 404)
    }

    @Test func rangesAreNotServed() {
        let answer = client.get(script, ["range": "bytes=0-3"])
        #expect(answer.status == 200 && answer.fields["accept-ranges"] == "none")
        #expect(answer.fields["content-range"] == nil)
    }

    @Test func oneSlashTooManyLeadsOn() {
        let answer = client.get("/stocks/AAPL/?range=1m")
        #expect(answer.status == 308 && answer.fields["location"] == "/stocks/AAPL?range=1m")
        #expect(client.get("//evil.example/").status == 404)
        #expect(client.get("/nowhere/").status == 404)
    }

    @Test func unavailableIsSaidByItsPage() {
        let answer = client.get("/unavailable")
        #expect(answer.status == 503 && answer.fields["retry-after"] == "5")
        #expect(answer.text.contains("<h1>unavailable en</h1>"))
    }

    @Test func beforeTheFirstBuildThereIsAReason() {
        let handler = SiteHandler(SiteHolder(), SiteMetrics(MetricRegistry()))
        let head = HTTPRequestHead(method: .get, authority: "a", target: "/", version: .http1_1)
        let answer = Client.Answer(.prepared(handler.answer(head)))
        #expect(answer.status == 503 && answer.fields["retry-after"] == "1")
    }

    @Test func pagesCanSayWhereMailsAre() throws {
        let local = try Client(SmallBuild(), Site.Options(mails: "/mails"))
        #expect(local.get("/").text.contains("<html lang=\"en\" data-theme=\"auto\" data-mails=\"/mails\">"))
    }
}
