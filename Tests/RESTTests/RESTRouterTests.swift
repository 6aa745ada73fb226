import HTTP
import Testing

@testable import RPC

@Suite struct RESTRouterTests {
    private static func route(_ method: HTTPMethod, _ template: StaticString) -> RESTRoute {
        RESTRoute(method, template, for: .anybody) { _, _ in .noContent }
    }

    private func router() throws -> RESTRouter {
        try RESTRouter([
            Self.route(.get, "/v1/quotes"), Self.route(.get, "/v1/quotes/{symbol}"),
            Self.route(.get, "/v1/quotes/all"), Self.route(.get, "/v1/quotes/{symbol}/bars"),
            Self.route(.put, "/v1/quotes/{symbol}"), Self.route(.post, "/v1/orders"),
        ])
    }

    @Test(
        arguments: [
            ("/v1/quotes", "/v1/quotes", nil), ("/v1/quotes/SAN", "/v1/quotes/{symbol}", "SAN"),
            ("/v1/quotes/all", "/v1/quotes/all", nil), ("/v1/quotes/all/bars", "/v1/quotes/{symbol}/bars", "all"),
            ("/v1/quotes/a..b", "/v1/quotes/{symbol}", "a..b"), ("/v1/quotes/%C3%A9", "/v1/quotes/{symbol}", "é"),
            ("/v1/quotes/a+b", "/v1/quotes/{symbol}", "a+b"), ("/v1/%71uotes", "/v1/quotes", nil),
        ] as [(String, String, String?)]
    )
    func finds(path: String, template: String, symbol: String?) throws {
        let found = try router().find(.get, path[...])
        #expect(found.endpoint.route.template == template)
        #expect(found.variables.first?.value == symbol)
        #expect(found.variables.count == (symbol == nil ? 0 : 1))
    }

    @Test(arguments: [
        ("/", 404), ("/v1", 404), ("/v1/quotes/", 404), ("/v1/quotes/SAN/", 404), ("/v1//quotes", 404),
        ("/V1/quotes", 404), ("/v1/quotes/a/b", 404), ("/v1/quotes/%", 400), ("/v1/quotes/%4", 400),
        ("/v1/quotes/%zz", 400), ("/v1/quotes/%ff", 400), ("*", 400), ("", 400),
        ("/v1/quotes/a%2Fb", 400), ("/v1/quotes/a%5cb", 400), ("/v1/quotes/..", 400), ("/v1/%2e%2e/quotes", 400),
        ("/v1/./quotes", 400), ("/v1/quotes/%00", 400), ("/v1/quotes/a%0d%0ab", 400), ("/v1/quotes/%7f", 400),
    ])
    func refuses(path: String, status: Int) throws {
        let router = try router()
        let error = #expect(throws: RESTError.self) { try router.find(.get, path[...]) }
        #expect(error?.status == status)
    }

    @Test func aMethodThatIsNotThereNamesThoseThatAre() throws {
        let router = try router()
        let error = #expect(throws: RESTError.self) { try router.find(.delete, "/v1/quotes/SAN") }
        #expect(error?.status == 405)
        #expect(error?.allow == ["GET", "PUT", "HEAD", "OPTIONS"])
        let post = #expect(throws: RESTError.self) { try router.find(.head, "/v1/orders") }
        #expect(post?.allow == ["POST", "OPTIONS"])
    }

    @Test func headIsServedByGet() throws {
        #expect(try router().find(.head, "/v1/quotes").endpoint.route.method == .get)
    }

    @Test func conflictsAreRefused() {
        #expect(throws: RESTRouter.Conflict.self) {
            try RESTRouter([Self.route(.get, "/a/{b}"), Self.route(.get, "/a/{b}")])
        }
        #expect(throws: RESTRouter.Conflict.self) {
            try RESTRouter([Self.route(.get, "/a/{b}"), Self.route(.put, "/a/{c}")])
        }
        #expect(throws: RESTRouter.Conflict.self) { try RESTRouter([Self.route(.get, "a")]) }
    }
}
