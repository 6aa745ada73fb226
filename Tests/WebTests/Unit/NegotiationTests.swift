import HTTP
import RPC
import Testing

@testable import WebService

@Suite struct NegotiationTests {
    @Test(
        arguments: [
            (nil, "identity"), ("", "identity"), ("gzip, deflate, br, zstd", "br"), ("gzip", "gzip"),
            ("x-gzip", "gzip"),
            ("br;q=0.5, gzip;q=0.8", "gzip"), ("br;q=0.8,gzip;q=0.8", "br"), ("br;q=0, gzip;q=0", "identity"),
            ("*", "br"), ("*;q=0.3, br;q=0", "gzip"), ("identity, gzip;q=0.5", "identity"), ("GZIP", "gzip"),
            ("br;q=0.000", "identity"), ("br ; Q=0.1", "br"), ("identity;q=0, *;q=0", "identity"),
            ("gzip;q=1.5", "identity"), ("deflate", "identity"), ("identity;q=0.2, br;q=0.2", "br"),
        ] as [(String?, String)]
    )
    func codings(_ accepted: String?, _ wanted: String) {
        let fields: HTTPFields = accepted.map { ["accept-encoding": $0] } ?? [:]
        let found = ContentCoding.wanted(by: fields, of: [.brotli, .gzip])
        #expect(found.name ?? "identity" == wanted)
    }

    @Test func whatIsNotThereIsNotChosen() {
        let fields: HTTPFields = ["accept-encoding": "br, gzip"]
        #expect(ContentCoding.wanted(by: fields, of: [.gzip]) == .gzip)
        #expect(ContentCoding.wanted(by: fields, of: []) == .identity)
    }

    @Test func fieldsOfOneNameAreOneList() {
        let fields: HTTPFields = ["accept-encoding": "br;q=0", "accept-encoding": "gzip"]
        #expect(ContentCoding.wanted(by: fields, of: [.brotli, .gzip]) == .gzip)
    }

    @Test(
        arguments: [
            (nil, nil, "en"), (nil, "es", "es"), (nil, "es-MX,es;q=0.9,en;q=0.8", "es"),
            (nil, "en;q=0.4, es;q=0.5", "es"),
            (nil, "fr, de;q=0.9, es;q=0.1", "es"), (nil, "fr", "en"), (nil, "es;q=0", "en"), (nil, "est", "en"),
            ("lonja-language=en", "es", "en"), ("a=b; lonja-language=es", "en", "es"),
            ("lonja-language=xx", "es", "es"),
            ("lonja-language=es; lonja-language=en", "en", "en"), (nil, "ES-es", "es"),
        ] as [(String?, String?, String)]
    )
    func languages(_ cookie: String?, _ accepted: String?, _ wanted: String) {
        var fields = HTTPFields()
        fields["cookie"] = cookie
        fields["accept-language"] = accepted
        #expect(PageLanguage.wanted(by: fields, RequestCookies(fields)).rawValue == wanted)
    }

    @Test(arguments: [("", "auto"), ("lonja-theme=dark", "dark"), ("lonja-theme=\"><script>", "auto")])
    func themes(_ cookie: String, _ wanted: String) {
        let fields: HTTPFields = ["cookie": cookie]
        #expect(PageTheme.wanted(by: RequestCookies(fields)).rawValue == wanted)
    }
}
