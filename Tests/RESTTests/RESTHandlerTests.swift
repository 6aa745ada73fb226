import HTTP
import Testing

@testable import RPC

@Suite struct RESTHandlerTests {
    private struct Hello: JSONWritable {
        func writeJSON(to json: inout JSONWriter) {
            json.object { json in
                json.key("hello")
                json.bool(true)
            }
        }
    }

    private struct Secret: Error {}

    private func send(
        _ method: HTTPMethod = .get,
        _ target: String = "/a",
        _ fields: HTTPFields = [:],
        body: [UInt8] = [],
        throwing error: (any Error)? = nil
    ) async throws -> HTTPResponse {
        let route = RESTRoute(.get, "/a", for: .anybody) { request, _ in
            if let error { throw error }
            try request.finish()
            return .json(Hello())
        }
        let head = HTTPRequestHead(method: method, authority: "x", target: target, fields: fields, version: .http1_1)
        return try await RESTHandler([route], maximumBody: 8).handle(HTTPRequest(head: head, body: HTTPBody(body)))
    }

    private func text(_ response: HTTPResponse) -> String {
        guard case .bytes(let bytes) = response.body else { return "" }
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test func answersJSON() async throws {
        let response = try await send()
        #expect(response.status == 200)
        #expect(text(response) == #"{"hello":true}"#)
        #expect(response.fields["content-type"] == "application/json")
        #expect(response.fields["cache-control"] == "no-store")
    }

    @Test(
        arguments: [
            (.invalidArgument, 400), (.unauthenticated, 401), (.permissionDenied, 403), (.notFound, 404),
            (.alreadyExists, 409), (.aborted, 409), (.failedPrecondition, 422), (.resourceExhausted, 429),
            (.unimplemented, 501), (.unavailable, 503), (.deadlineExceeded, 504), (.internalError, 500),
            (.dataLoss, 500),
            (.unknown, 500),
        ] as [(RPCError.Code, Int)]
    )
    func statusesBecomeProblems(code: RPCError.Code, status: Int) async throws {
        let response = try await send(throwing: RPCError(code, "so it is"))
        #expect(response.status == status)
        #expect(response.fields["content-type"] == "application/problem+json")
        #expect(text(response).contains("so it is") == (status != 500))
        #expect(text(response).contains("\"status\":\(status),"))
    }

    @Test func anUnknownErrorSaysNothing() async throws {
        let response = try await send(throwing: Secret())
        #expect(response.status == 500)
        #expect(!text(response).contains("Secret"))
    }

    @Test func aServiceNamesItsFields() async throws {
        let long = String(repeating: "m", count: 300)
        let response = try await send(throwing: RPCError.field("amount", "too-many", long))
        #expect(response.status == 400)
        #expect(text(response).contains(#""errors":[{"field":"amount","code":"too-many","message":"\#(long)"}]"#))
    }

    @Test func aReasonIsTheProblemsCode() async throws {
        let error = RPCError(
            .resourceExhausted,
            "too many",
            reason: "too-many-codes",
            retryAfter: .milliseconds(61_500)
        )
        #expect(error.reason == "too-many-codes")
        #expect(error.retryAfter == .seconds(62))
        let response = try await send(throwing: error)
        #expect(text(response).contains(#""code":"too-many-codes""#))
        #expect(response.fields["retry-after"] == "62")
    }

    @Test func theRouterSpeaksProblemsToo() async throws {
        let missing = try await send(.get, "/b")
        #expect(missing.status == 404)
        #expect(missing.fields["content-type"] == "application/problem+json")
        let refused = try await send(.post)
        #expect(refused.status == 405)
        #expect(refused.fields["allow"] == "GET, HEAD, OPTIONS")
        #expect(refused.fields["content-type"] == "application/problem+json")
        #expect(try await send(.get, "/a?x=1").status == 400)
    }

    @Test func headAndOptions() async throws {
        #expect(try await send(.head).status == 200)
        let options = try await send(.options)
        #expect(options.status == 204)
        #expect(options.fields["allow"] == "GET, HEAD, OPTIONS")
    }

    @Test func aLongBodyIsRefused() async throws {
        #expect(try await send(body: [UInt8](repeating: 0x20, count: 9)).status == 413)
    }

    @Test func theRequestIDIsTheCallersOrTheTrace() async throws {
        #expect(try await send(.get, "/a", ["x-request-id": "abc-1"]).fields["x-request-id"] == "abc-1")
        let trace = "0af7651916cd43dd8448eb211c80319c"
        for bad in ["a b", "", String(repeating: "a", count: 129)] {
            let fields: HTTPFields = ["x-request-id": bad, "traceparent": "00-\(trace)-b7ad6b7169203331-01"]
            let response = try await send(.get, "/b", fields)
            #expect(response.fields["x-request-id"] == trace)
            #expect(text(response).contains("\"requestId\":\"\(trace)\""))
        }
    }
}
