import HTTP
import Synchronization
import Testing

@testable import RPC

@Suite struct RESTFilterTests {
    private struct Gate: RESTFilter {
        let name: String

        func answer(
            _ call: RESTCall,
            _ context: CallContext,
            _ route: (CallContext, (any Sendable)?) async throws -> RESTResponse
        ) async throws -> RESTResponse {
            guard call.head.fields["x-pass"] == "yes" else {
                throw RESTRefusal(RPCError(.unauthenticated, "no"), fields: ["set-cookie": "a=; Max-Age=0"])
            }
            var context = context
            try context.outgoing.append("seen", "\(name) \(call.method) \(call.template)")
            var response = try await route(context, name)
            response.fields.append("x-gate", name)
            return response
        }
    }

    private func send(_ route: RESTRoute, _ fields: HTTPFields = [:], _ body: String = "") async throws -> HTTPResponse
    {
        let head = HTTPRequestHead(method: .post, authority: "x", target: "/a/7", fields: fields, version: .http1_1)
        let request = HTTPRequest(head: head, body: HTTPBody(Array(body.utf8)))
        return try await RESTHandler([route], maximumBody: 8).handle(request)
    }

    private func route(_ called: Counter) -> RESTRoute {
        RESTRoute(.post, "/a/{id}", for: .anybody) { request, context in
            called.add()
            let seen = context.outgoing.values(for: "seen").joined(separator: ", ")
            return .text("\(seen) \(request.attachment as? String ?? "nothing") \(request.head.fields["x-pass"] ?? "")")
        }
    }

    private final class Counter: Sendable {
        private let count = Mutex(0)
        var value: Int { count.withLock { $0 } }
        func add() { count.withLock { $0 += 1 } }
    }

    @Test func aFilterRefusesBeforeTheContentIsRead() async throws {
        let called = Counter()
        let long = String(repeating: "x", count: 100)
        let answer = try await send(route(called).filtered(by: Gate(name: "g")), [:], long)
        #expect(answer.status == 401, "and not 413")
        #expect(answer.fields["set-cookie"] == "a=; Max-Age=0")
        #expect(answer.fields["content-type"] == "application/problem+json")
        #expect(called.value == 0)
    }

    @Test func aFilterChangesTheContextAndTheAnswer() async throws {
        let answer = try await send(route(Counter()).filtered(by: Gate(name: "g")), ["x-pass": "yes"])
        #expect(answer.fields["x-gate"] == "g")
        guard case .bytes(let bytes) = answer.body else {
            Issue.record("no content")
            return
        }
        #expect(String(decoding: bytes, as: UTF8.self) == "g POST /a/{id} g yes")
    }

    @Test func filtersStandInOneAnother() async throws {
        let twice = route(Counter()).filtered(by: Gate(name: "inner")).filtered(by: Gate(name: "outer"))
        let answer = try await send(twice, ["x-pass": "yes"])
        #expect(answer.fields.values(for: "x-gate") == ["inner", "outer"])
    }

    @Test func aRouteHasLimitsOfItsOwn() async throws {
        let plain = route(Counter())
        #expect(try await send(plain, [:], "123456789").status == 413)
        #expect(try await send(plain.limited(maximumBody: 9), [:], "123456789").status == 200)
        #expect(try await send(plain.limited(maximumBody: 2), [:], "123").status == 413)
    }

    @Test func aStreamedRouteReadsByItself() async throws {
        let streamed = RESTRoute(.post, "/a/{id}", for: .anybody) { request, _ in
            var count = 0
            for try await chunk in request.stream() { count += chunk.count }
            return .text("\(count)")
        }
        .streamed(maximumBody: 10, timeout: .seconds(1))
        #expect(try await send(streamed, [:], "1234567890").status == 200)
        #expect(try await send(streamed, [:], "12345678901").status == 413)
    }
}
