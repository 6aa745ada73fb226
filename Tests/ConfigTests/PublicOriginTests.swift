import Config
import Testing

@Suite struct PublicOriginTests {
    @Test(
        arguments: [
            ("https://Lonja.example", "https://lonja.example", true),
            ("https://lonja.example:443/", "https://lonja.example", true),
            ("https://lonja.example:8443", "https://lonja.example:8443", true),
            ("http://localhost:8080/", "http://localhost:8080", false),
            ("http://127.0.0.1:80", "http://127.0.0.1", false), ("http://[::1]:8080", "http://[::1]:8080", false),
            ("http://lonja.localhost", "http://lonja.localhost", false),
        ]
    )
    func origins(given: String, text: String, isSecure: Bool) throws {
        let origin = try PublicOrigin(parsing: given)
        #expect(origin.text == text)
        #expect(origin.isSecure == isSecure)
    }

    @Test(
        arguments: [
            "", "lonja.example", "ftp://a", "https://", "https://a/b", "https://a?b", "https://u:p@a", "https://a b",
            "https://a:0", "https://a:99999", "https://a:x", "https://[::1", "https://a\r\nb", "https://a#b",
            "http://lonja.example", "http://127.0.0.1.evil.example", "http://localhost.evil.example", "//a",
            "http://10.0.0.1",
        ]
    )
    func whatIsNoneIsRefused(text: String) {
        let error = #expect(throws: ConfigurationError.self) { try PublicOrigin(parsing: text) }
        #expect(error?.description.contains("LONJA_PUBLIC_URL") == true)
    }

    @Test func theVariableCounts() throws {
        let settings = try Settings(declared: [], environment: ["LONJA_PUBLIC_URL": "https://lonja.example"])
        #expect(try settings.publicOrigin().text == "https://lonja.example")
        #expect(try Settings(declared: [], environment: [:]).publicOrigin().text == PublicOrigin.standard)
    }
}
