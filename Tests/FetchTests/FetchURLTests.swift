import Testing

@testable import Fetch

@Suite struct FetchURLTests {
    @Test func reads() throws {
        let url = try FetchURL("HTTPS://API.Example:8443/a/../b%20c?key=value#part")
        #expect(url.scheme == "https")
        #expect(url.host == "api.example")
        #expect(url.port == 8443)
        #expect(url.text == "https://api.example:8443/b%20c?key=value")
        #expect(url.description == "https://api.example:8443", "the query is not for logs")
        let six = try FetchURL("http://[2001:DB8::1]/")
        #expect(six.host == "2001:db8::1" && six.port == 80)
        #expect(six.text == "http://[2001:db8::1]:80/")
        #expect(try FetchURL("http://a.example?x").text == "http://a.example:80/?x")
    }

    @Test(arguments: [
        "", "a", "/a", "ftp://a/", "file:///etc/passwd", "gopher://a", "http://", "http:///a", "http://u@a/",
        "http://u:p@a/", "http://a b/", "http://a/\r\nx", "http://a/\u{0}", "http://a\\b/", "http://a:0/",
        "http://a:99999/",
        "http://á.example/", "http://[fe80::1%25eth0]/", "javascript:alert(1)", "http://[::1/",
        "http://%cf/", "https:////a",
    ]) func refuses(_ text: String) {
        #expect(throws: FetchError.self) { try FetchURL(text) }
    }

    /// Found by the fuzzer: curl decodes hosts, and makes slashes meet in paths.
    @Test func whatIsResolvedIsReadTheSameAgain() throws {
        let base = try FetchURL("https://example.com:8443/a/b?c")
        #expect(throws: FetchError.self) { try base.resolving("//%cf") }
        let url = try base.resolving("z/x:///y")
        #expect(url.host == "example.com" && url.text.contains(":///"))
        #expect(try FetchURL(url.text) == url)
    }
}
