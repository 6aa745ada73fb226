import HTTP
import RPC
import Testing

@testable import HostCore

/// Which requests are for routes and which for the site.
@Suite struct PublicDoorTests {
    private let door = PublicDoor(
        routes: [
            RESTRoute(.get, "/api/v1/quotes/{symbol}", for: .anybody) { _, _ in .noContent },
            RESTRoute(.get, "/docs", for: .anybody) { _, _ in .noContent },
            RESTRoute(.get, "/openapi.json", for: .anybody) { _, _ in .noContent },
            RESTRoute(.post, "/hooks/mail", for: .anybody) { _, _ in .noContent },
        ]
    )

    @Test(arguments: [
        "/api/v1/quotes/AAPL", "/api", "/api/", "/api/v2", "/api?x", "/docs", "/docs/style.css", "/openapi.json?x=/",
        "/hooks/mail", "*",
    ])
    func routes(_ target: String) { #expect(door.isOfRoutes(target)) }

    @Test(arguments: [
        "/", "/?api", "/apis", "/API/v1", "/%61pi", "//api", "/stocks/api", "/openapi.jsonx", "/assets/api", "",
    ])
    func site(_ target: String) { #expect(!door.isOfRoutes(target)) }
}
