import Foundation
import HTTP
import Reactor
import Testing

@testable import RPC

@Suite struct RESTEventsTests {
    private struct Number: JSONWritable {
        let value: Int

        func writeJSON(to json: inout JSONWriter) {
            json.number(value)
        }
    }

    private struct Failure: Error {}

    @Test func aFrameIsTwoLinesAndAnEmptyOne() {
        let frame = RESTEventWriter.frame("quote", Array(#"{"a":"\n"}"#.utf8))
        #expect(String(decoding: frame, as: UTF8.self) == "event: quote\ndata: {\"a\":\"\\n\"}\n\n")
    }

    @Test func anEventMayHaveAnId() {
        let frame = RESTEventWriter.frame("order", id: "2026-01-01T00:00:00.000Z", Array("1".utf8))
        #expect(String(decoding: frame, as: UTF8.self) == "event: order\nid: 2026-01-01T00:00:00.000Z\ndata: 1\n\n")
    }

    private static let catalogue = ProblemCatalogue([
        Problem(
            code: "not-found",
            status: 404,
            grpc: "NOT_FOUND",
            english: "Not found.",
            spanish: "No hay nada.",
            advice: "Look elsewhere.",
            adviceSpanish: "Busca en otro sitio."
        )
    ])

    /// What curl gets of a route, and the handler's deadline.
    private func get(
        _ body: @escaping @Sendable (RESTEventWriter) async throws -> Void
    ) async throws -> (text: String, isEndless: Bool) {
        let route = RESTRoute(events: "/events", for: .anybody) { request, context in
            try request.finish()
            let isEndless = context.deadline == nil
            return .events { events in
                try await events.send("endless", Number(value: isEndless ? 1 : 0))
                try await body(events)
            }
        }
        let handler = try RESTHandler([route], catalogue: Self.catalogue)
        let group = try EventLoopGroup(count: 1)
        defer { group.shutdown() }
        let address = try #require(SocketAddress(parsing: "127.0.0.1:0"))
        let server = HTTPServer(group: group, address: address, handler: handler.handle)
        let bound = try await server.start()
        let text = try await group.blocking.run {
            let curl = Process()
            curl.executableURL = URL(filePath: "/usr/bin/env")
            curl.arguments = ["curl", "-sSi", "--max-time", "10", "http://\(bound)/events"]
            let pipe = Pipe()
            curl.standardOutput = pipe
            try curl.run()
            let all = try pipe.fileHandleForReading.readToEnd() ?? Data()
            curl.waitUntilExit()
            return String(decoding: all, as: UTF8.self)
        }
        await server.drain(deadline: .zero)
        return (text, text.contains("event: endless\ndata: 1\n\n"))
    }

    @Test func eventsArriveInOrder() async throws {
        let (text, isEndless) = try await get { events in
            for value in 1...3 { try await events.send("number", Number(value: value)) }
        }
        #expect(isEndless)
        #expect(text.hasPrefix("HTTP/1.1 200"))
        #expect(text.lowercased().contains("content-type: text/event-stream\r\n"))
        #expect(text.lowercased().contains("cache-control: no-store\r\n"))
        let numbers = "event: number\ndata: 1\n\nevent: number\ndata: 2\n\nevent: number\ndata: 3\n\n"
        #expect(text.contains(numbers))
    }

    /// More than may wait for a slow peer, for one that is not.
    @Test func manyEventsOfOneTurnAllArrive() async throws {
        let (text, _) = try await get { events in
            for value in 1...2000 { try await events.send("number", Number(value: value)) }
        }
        #expect(text.contains("data: 2000\n\n"))
    }

    @Test func aFailureIsTheLastEvent() async throws {
        let (text, _) = try await get { _ in throw RPCError(.notFound, "no such company") }
        #expect(text.hasSuffix("}\n\n"))
        #expect(text.contains("\"status\":404,\"code\":\"not-found\",\"detail\":\"no such company\",\"requestId\":\""))
        #expect(text.contains("event: problem\ndata: {\"type\":\"/docs#problem-not-found\",\"title\":\"Not found.\","))
        let (hidden, _) = try await get { _ in throw Failure() }
        #expect(hidden.contains("\"status\":500,"))
        #expect(!hidden.contains("Failure"))
    }
}
