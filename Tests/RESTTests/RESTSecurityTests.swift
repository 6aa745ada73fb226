import HTTP
import Testing

@testable import RPC

/// What answers say to browsers, and what is refused before a route is asked.
@Suite struct RESTSecurityTests {
    private func send(
        _ method: HTTPMethod,
        _ target: String,
        _ fields: HTTPFields = [:],
        isSecure: Bool = false
    ) async throws -> HTTPResponse {
        let routes = [
            RESTRoute(.get, "/json", for: .anybody) { _, _ in .emptyObject() },
            RESTRoute(.delete, "/gone", for: .anybody) { _, _ in .noContent }.making(),
            RESTRoute(.get, "/page", for: .anybody) { _, _ in
                RESTResponse(status: 200, fields: ["content-security-policy": "default-src 'self'"])
            }
            .making("text/html"),
        ]
        let head = HTTPRequestHead(method: method, authority: "x", target: target, fields: fields, version: .http1_1)
        return try await RESTHandler(routes, isSecure: isSecure).handle(HTTPRequest(head: head))
    }

    @Test(arguments: ["/json", "/nowhere", "/page"], [true, false])
    func everyAnswerHasTheFields(target: String, isSecure: Bool) async throws {
        let fields = try await send(.get, target, isSecure: isSecure).fields
        #expect(fields["x-content-type-options"] == "nosniff")
        #expect(fields["referrer-policy"] == "no-referrer")
        #expect(fields["cross-origin-resource-policy"] == "same-origin")
        let own = target == "/page" ? "default-src 'self'" : "default-src 'none'; frame-ancestors 'none'"
        #expect(fields.values(for: "content-security-policy") == [own])
        #expect(fields["strict-transport-security"] == (isSecure ? "max-age=31536000" : nil))
    }

    @Test func noOtherSiteIsLetIn() async throws {
        let asked: HTTPFields = ["origin": "https://evil.example", "access-control-request-method": "GET"]
        for method in [.get, .head, .options, .post] as [HTTPMethod] {
            let answer = try await send(method, "/json", asked)
            #expect(!answer.fields.contains { $0.name.hasPrefix("access-control-") })
        }
        #expect(try await send(.options, "/json", asked).status == 403)
    }

    @Test func optionsSayWhatAPathTakes() async throws {
        let answer = try await send(.options, "/json")
        #expect(answer.status == 204)
        #expect(answer.fields["allow"] == "GET, HEAD, OPTIONS")
        #expect(try await send(.options, "*").status == 204)
        #expect(try await send(.options, "/nowhere").status == 404)
        let refused = try await send(.post, "/json")
        #expect(refused.status == 405)
        #expect(refused.fields["allow"] == "GET, HEAD, OPTIONS")
    }

    @Test(
        arguments: [
            ("*/*", 200), ("application/json", 200), ("application/*", 200), ("text/html", 406), ("text/*;q=1", 406),
            ("application/json;q=0", 406), ("*/*, application/json;q=0", 406), ("application/*;q=0, */*", 406),
            ("application/json;q=0.1, */*;q=0", 200), ("text/html, */*;q=0.1", 200), ("APPLICATION/JSON", 200),
            ("application/json; charset=utf-8", 200), ("", 200), ("nonsense", 200), ("*/json", 200),
            ("application/problem+json", 406), ("text/html, application/json ; q=0.5", 200),
        ] as [(String, Int)]
    )
    func whatIsNotAcceptedIsNotSent(accept: String, status: Int) async throws {
        let answer = try await send(.get, "/json", ["accept": accept])
        #expect(answer.status == status, "\(accept)")
        if status == 406 { #expect(answer.fields["content-type"] == "application/problem+json") }
    }

    @Test func anAnswerWithoutContentSuitsEverybody() async throws {
        #expect(try await send(.delete, "/gone", ["accept": "image/png"]).status == 204)
    }
}
