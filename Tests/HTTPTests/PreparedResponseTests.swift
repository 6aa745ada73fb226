import Reactor
import Testing

@testable import HTTP

/// Answers that are made once and sent many times, over both versions.
@Suite(.serialized, .timeLimit(.minutes(2))) struct PreparedResponseTests {
    /// Who gives the answer: the handler, on a task, or whoever answers at once.
    enum Way: CaseIterable, Sendable { case handler, immediate }

    private static let host = "Host: a\r\n"

    /// Bytes that say where in the content they are.
    private static func content(_ size: Int) -> [UInt8] { (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) } }

    @Test(arguments: Way.allCases) func theHeadIsThatOfAnyAnswer(_ way: Way) async throws {
        let answer = HTTPPreparedResponse(
            status: 200,
            fields: ["content-type": "text/x", "connection": "x", "x-a": "b\r\nx-evil: c", "bad name": "d"],
            content: Self.content(100)
        )
        try await Self.serve(answer, way) { address, _ in
            let client = try RawClient(address)
            for _ in 0..<3 {
                client.send("GET / HTTP/1.1\r\n\(Self.host)\r\n")
                let response = try client.response()
                #expect(response.status == 200 && response.body == Self.content(100))
                #expect(response.fields["content-type"] == "text/x" && response.fields["content-length"] == "100")
                #expect(response.fields["date"]?.hasSuffix(" GMT") == true)
                #expect(response.fields["connection"] == nil && response.fields["x-evil"] == nil)
                #expect(response.fields["bad name"] == nil && response.fields["x-a"] == "b  x-evil: c")
            }
        }
    }

    @Test(arguments: Way.allCases) func headHasTheLengthAndNoContent(_ way: Way) async throws {
        let answer = HTTPPreparedResponse(status: 200, content: Self.content(50_000))
        try await Self.serve(answer, way) { address, _ in
            let client = try RawClient(address)
            client.send("HEAD / HTTP/1.1\r\n\(Self.host)\r\nGET / HTTP/1.1\r\n\(Self.host)\r\n")
            #expect(try client.response(toHead: true).fields["content-length"] == "50000")
            #expect(try client.response().body == Self.content(50_000))
        }
    }

    @Test(arguments: [204, 304], Way.allCases)
    func someHaveNoContent(_ status: Int, _ way: Way) async throws {
        let answer = HTTPPreparedResponse(status: status, fields: ["etag": "\"a\""], content: [1, 2])
        try await Self.serve(answer, way) { address, _ in
            let client = try RawClient(address)
            for _ in 0..<2 {
                client.send("GET / HTTP/1.1\r\n\(Self.host)\r\n")
                let response = try client.response()
                #expect(response.status == status && response.fields["content-length"] == nil)
                #expect(response.fields["etag"] == "\"a\"")
            }
            try await Self.withClient(address) { client in
                let response = try await client.call("GET", "/")
                #expect(response.status == "\(status)" && response.body.isEmpty && response.code == .noError)
            }
        }
    }

    @Test(arguments: Way.allCases) func theConnectionEndsWhenItIsAskedTo(_ way: Way) async throws {
        let answer = HTTPPreparedResponse(status: 200, content: Self.content(50_000))
        try await Self.serve(answer, way) { address, _ in
            let closing = try RawClient(address)
            closing.send("GET / HTTP/1.1\r\n\(Self.host)Connection: close\r\n\r\n")
            let response = try closing.response()
            #expect(response.fields["connection"] == "close" && response.body == Self.content(50_000))
            #expect(closing.isAtEnd())
            let old = try RawClient(address)
            old.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
            #expect(try old.response().fields["connection"] == "keep-alive")
            old.send("GET / HTTP/1.0\r\n\r\n")
            #expect(try old.response().fields["connection"] == "close")
            #expect(old.isAtEnd())
        }
    }

    @Test(arguments: [0, 1, 8191, 8192, 50_000, 300_000, 5_000_000], Way.allCases)
    func manyAtOnceComeWhole(_ size: Int, _ way: Way) async throws {
        let content = Self.content(size)
        let answer = HTTPPreparedResponse(status: 200, content: content)
        try await Self.serve(answer, way) { address, server in
            // It reads slowly, so that most waits in the server.
            let client = try RawClient(address, receiveBuffer: 16 << 10)
            let sender = Detached {
                for _ in 0..<8 { client.send("GET / HTTP/1.1\r\n\(Self.host)\r\n") }
            }
            for _ in 0..<8 { #expect(try client.response().body == content) }
            sender.join()
            #expect(server.connectionCount == 1)
            try await Self.withClient(address) { client in
                let bodies = try await withThrowingTaskGroup(of: [UInt8].self) { tasks in
                    for _ in 0..<8 { tasks.addTask { try await client.call("GET", "/").body } }
                    return try await tasks.reduce(into: []) { $0.append($1) }
                }
                #expect(bodies.count == 8 && bodies.allSatisfy { $0 == content })
                #expect(try await client.call("HEAD", "/").body.isEmpty)
            }
        }
    }

    @Test func whatIsNotAnsweredAtOnceIsTheHandlers() async throws {
        let answer = HTTPPreparedResponse(status: 200, content: Self.content(50_000))
        let immediate: HTTPImmediate = { $0.path == "/at-once" ? answer : nil }
        try await withServer(immediate: immediate) { address, _ in
            let client = try RawClient(address, receiveBuffer: 16 << 10)
            let atOnce = "GET /at-once HTTP/1.1\r\n\(Self.host)\r\n"
            let later = "GET /later HTTP/1.1\r\n\(Self.host)\r\n"
            // Content is for the handler, whatever the path.
            let content = "POST /at-once HTTP/1.1\r\n\(Self.host)Content-Length: 3\r\n\r\nabc"
            let sender = Detached { client.send(atOnce + later + atOnce + content + atOnce + atOnce) }
            #expect(try client.response().body == Self.content(50_000))
            #expect(try client.response().text == "GET /later")
            #expect(try client.response().body == Self.content(50_000))
            #expect(try client.response().text == "POST /at-once")
            for _ in 0..<2 { #expect(try client.response().body == Self.content(50_000)) }
            sender.join()
        }
    }

    private static func serve(
        _ answer: HTTPPreparedResponse,
        _ way: Way,
        _ body: (SocketAddress, HTTPServer) async throws -> Void
    ) async throws {
        switch way {
        case .handler: try await withServer(handler: { _ in .prepared(answer) }, body)
        case .immediate: try await withServer(immediate: { _ in answer }, body)
        }
    }

    private static func withClient(
        _ address: SocketAddress,
        _ body: (HTTP2TestClient) async throws -> Void
    ) async throws {
        let group = try EventLoopGroup(count: 1)
        defer { group.shutdown() }
        let client = try await HTTP2TestClient.connect(address, group.loops[0])
        try await body(client)
        try await client.close()
    }
}
