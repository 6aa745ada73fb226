import HTTP
import Observe
import Reactor
import Testing

@testable import Fetch

@Suite(.serialized, .timeLimit(.minutes(1))) struct RedirectTests {
    private func next(
        _ from: String,
        _ status: Int,
        _ location: String?,
        _ policy: RedirectPolicy = .follow(3),
        _ change: (inout FetchRequest) -> Void = { _ in }
    ) throws -> FetchRequest? {
        var sent = try request(from)
        change(&sent)
        return try policy.next(after: sent, status: status, location: location, taken: 0)
    }

    private func code(_ from: String, _ location: String, _ policy: RedirectPolicy = .follow(3)) -> FetchError.Code? {
        do {
            _ = try next(from, 302, location, policy)
            return nil
        } catch {
            return (error as? FetchError)?.code
        }
    }

    @Test func decides() throws {
        #expect(try next("https://a.example/x/y?q", 302, "../z")?.url.text == "https://a.example:443/z")
        #expect(try next("https://a.example/x", 301, "//b.example:8443/z#f")?.url.text == "https://b.example:8443/z")
        #expect(try next("http://a.example/", 308, "https://a.example/")?.url.scheme == "https")
        #expect(try next("https://a.example/", 304, "/x") == nil)
        #expect(try next("https://a.example/", 302, nil) == nil)
        #expect(try next("https://a.example/", 302, "/x", .none) == nil)
        #expect(code("https://a.example/", "http://a.example/") == .redirectRefused)
        #expect(
            code("https://a.example/", "https://a.example:444/", .follow(1, sameOriginOnly: true)) == .redirectRefused
        )
        #expect(code("https://a.example/", "/other", .follow(1, sameOriginOnly: true)) == nil)
        for location in ["file:///etc/passwd", "ftp://a.example/", "https://user:pw@a.example/", "gopher://a/"] {
            #expect(code("https://a.example/", location) == .invalidURL, "\(location)")
        }
    }

    @Test func dropsCredentialsOnTheWayToAnotherOrigin() throws {
        func change(_ sent: inout FetchRequest) {
            sent.fields = ["authorization": "Basic x", "cookie": "a=b", "accept": "text/plain"]
            sent.secretFields = [("x-api-key", Secret("k"))]
        }
        let same = try #require(try next("https://a.example/", 302, "/x", .follow(1), change))
        #expect(same.fields.count == 3 && same.secretFields.count == 1)
        for other in ["https://b.example/", "https://a.example:8443/"] {
            let next = try #require(try next("https://a.example/", 302, other, .follow(1), change))
            #expect(next.fields == ["accept": "text/plain"])
            #expect(next.secretFields.isEmpty)
        }
    }

    @Test func changesTheMethodAsTheStatusSays() throws {
        for (status, method, expected) in [
            (301, HTTPMethod.post, HTTPMethod.get), (302, .post, .get), (303, .post, .get), (303, .put, .get),
            (303, .head, .head), (307, .post, .post), (308, .put, .put), (301, .put, .put),
        ] {
            let next = try next("http://a/", status, "/x", .follow(1)) {
                $0.method = method
                $0.body = .bytes([1])
                $0.fields = ["content-type": "text/plain"]
            }
            #expect(next?.method == expected, "\(status) \(method)")
            #expect(next?.fields.contains("content-type") == (expected == method))
        }
        #expect(throws: FetchError.self) {
            try next("http://a/", 307, "/x", .follow(1)) {
                $0.method = .post
                $0.body = .stream(length: nil) { _ in }
            }
        }
    }

    @Test func followsALoopNoLongerThanAllowed() async throws {
        let seen = Seen()
        try await withFetch(
            { $0.redirects = .follow(5) },
            handler: { request in
                seen.add(request.head.target)
                return switch request.head.path {
                case "/loop": HTTPResponse(status: 302, fields: ["location": "/loop"])
                case "/once": HTTPResponse(status: 302, fields: ["location": "/there?x=1"], body: .bytes([1, 2, 3]))
                default: .text("\(request.head.method) \(request.head.target)")
                }
            }
        ) { (client, base, _) async throws -> Void in
            let once = try await client.get("\(base)/once")
            #expect(once.text == "GET /there?x=1")
            #expect(once.url.text == "\(base)/there?x=1")
            let error = await client.failure("\(base)/loop")
            #expect(error?.code == .tooManyRedirects)
            #expect(seen.all.filter { $0 == "/loop" }.count == 6)
        }
    }
}
