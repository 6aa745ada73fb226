import HTTP
import Reactor
import Testing

@testable import RPC

/// Routes over a real connection, whose deadline the connection's task enforces.
@Suite(.timeLimit(.minutes(1))) struct RESTDeadlineTests {
    private static let slow = RESTRoute(.get, "/slow", for: .anybody) { _, _ in
        try await EventLoop.current?.sleep(for: .seconds(60))
        return .noContent
    }

    @Test func aSlowRouteIs504AndTheConnectionGoesOn() async throws {
        let quick = RESTRoute(.get, "/quick", for: .anybody) { _, context in .text("\(context.ownDeadline == nil)") }
        let handler = try RESTHandler([Self.slow, quick], timeout: .milliseconds(100))
        try await withServer(handler: handler.handle) { address, _ in
            let client = try RawClient(address)
            for _ in 0..<2 {
                client.send("GET /slow HTTP/1.1\r\nHost: x\r\n\r\n")
                let late = try client.response()
                #expect(late.status == 504)
                #expect(late.text.contains(#""code":"timeout""#), "\(late.text)")
                client.send("GET /quick HTTP/1.1\r\nHost: x\r\n\r\n")
                #expect(try client.response().text == "true")
            }
        }
    }

    @Test func aHandlerInATestHasADeadlineOfItsOwn() async throws {
        let route = RESTRoute(.get, "/a", for: .anybody) { _, context in .text("\(context.ownDeadline != nil)") }
        let head = HTTPRequestHead(method: .get, authority: "x", target: "/a", fields: [:], version: .http1_1)
        let response = try await RESTHandler([route]).handle(HTTPRequest(head: head))
        guard case .bytes(let bytes) = response.body else { throw HTTPError(.misuse, "no bytes") }
        #expect(String(decoding: bytes, as: UTF8.self) == "true")
    }

    @Test func aCallThatWaitsForOthersNeedsNoTimerOfItsOwn() throws {
        let context = CallContext.root(timeout: .seconds(10))
        let limited = context.with(timeout: .seconds(1))
        #expect(limited.ownDeadline == limited.deadline)
        let waiting = context.waiting(.seconds(1))
        #expect(waiting.ownDeadline == nil)
        let (earlier, later) = (try #require(waiting.deadline), try #require(context.deadline))
        #expect(earlier < later, "others still hear of it")
        #expect(context.waiting(.seconds(60)).deadline == context.deadline, "and never of a later one")
    }
}
