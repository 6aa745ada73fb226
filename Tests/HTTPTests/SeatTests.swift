import Reactor
import Synchronization
import Testing

@testable import HTTP

/// Requests that wait for their answer without a task.
@Suite(.timeLimit(.minutes(2))) struct SeatTests {
    /// Keeps the seats of requests below /wait until it is told what becomes of them.
    private final class Room: Sendable {
        private let seats = Mutex<[HTTPSeat]>([])

        func take(_ seat: HTTPSeat) -> Bool {
            guard seat.head.path.hasPrefix("/wait") else { return false }
            seats.withLock { $0.append(seat) }
            return true
        }

        /// Waits until so many have come, and takes them out.
        func leave(_ count: Int) async throws -> [HTTPSeat] {
            for _ in 0..<2_000 where seats.withLock({ $0.count }) < count {
                try await Task.sleep(for: .milliseconds(5))
            }
            return seats.withLock { seats in
                defer { seats = [] }
                return seats
            }
        }
    }

    private static let answer = HTTPPreparedResponse(status: 200, fields: ["x-all": "a"], content: Array("same".utf8))

    private static func end(_ seats: [HTTPSeat], _ body: @escaping @Sendable (HTTPSeat) -> Void) {
        for seat in seats { seat.loop.execute { body(seat) } }
    }

    private static func withRoom(_ body: (Room, SocketAddress, HTTPServer) async throws -> Void) async throws {
        let room = Room()
        try await withServer(seating: room.take) { try await body(room, $0, $1) }
    }

    @Test func manyGetOneAnswerAndSomethingOfTheirOwn() async throws {
        try await Self.withRoom { room, address, _ in
            let clients = try (0..<8).map { _ in try RawClient(address) }
            for (number, client) in clients.enumerated() {
                // The one behind it is answered after it, by the handler.
                client.send("\(number == 0 ? "HEAD" : "GET") /wait?\(number) HTTP/1.1\r\nHost: a\r\n\r\n")
                client.send("GET /next HTTP/1.1\r\nHost: a\r\n\r\n")
            }
            let seats = try await room.leave(8)
            #expect(seats.count == 8)
            Self.end(seats) { $0.answer(Self.answer, adding: ["x-own": $0.head.target, "bad name": "b"]) }
            for (number, client) in clients.enumerated() {
                let response = try client.response(toHead: number == 0)
                #expect(response.status == 200 && response.text == (number == 0 ? "" : "same"))
                #expect(response.fields["x-all"] == "a" && response.fields["x-own"] == "/wait?\(number)")
                #expect(response.fields["content-length"] == "4" && response.fields["bad name"] == nil)
                let next = try client.response()
                #expect(next.text == "GET /next")
            }
        }
    }

    @Test func streamsOfHTTP2Wait() async throws {
        try await Self.withRoom { room, address, _ in
            let group = try EventLoopGroup(count: 1)
            defer { group.shutdown() }
            let client = try await HTTP2TestClient.connect(address, group.loops[0])
            let answers = try await withThrowingTaskGroup(of: String.self) { tasks in
                for number in 0..<8 {
                    tasks.addTask {
                        let answer = try await client.call("GET", "/wait?\(number)")
                        return String(decoding: answer.body, as: UTF8.self)
                    }
                }
                let seats = try await room.leave(8)
                Self.end(Array(seats.dropLast())) { $0.answer(Self.answer, adding: [:]) }
                Self.end(Array(seats.suffix(1))) { $0.decline() }
                return try await tasks.reduce(into: [String]()) { $0.append($1) }
            }
            #expect(answers.filter { $0 == "same" }.count == 7)
            #expect(answers.filter { $0.hasPrefix("GET /wait?") }.count == 1)
            try await client.close()
        }
    }

    @Test func whatIsNotTakenOrIsLeftAgainIsTheHandlers() async throws {
        try await Self.withRoom { room, address, _ in
            let client = try RawClient(address)
            client.send("GET /other HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(try client.response().text == "GET /other")
            client.send("POST /wait HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc")
            #expect(try client.response().text == "POST /wait", "content does not wait")
            client.send("GET /wait HTTP/1.1\r\nHost: a\r\n\r\n")
            Self.end(try await room.leave(1)) { $0.decline() }
            #expect(try client.response().text == "GET /wait")
        }
    }

    @Test func whoIsGoneIsNotAnswered() async throws {
        try await Self.withRoom { room, address, server in
            for way in 0..<2 {
                var client: RawClient? = try RawClient(address)
                client?.send("GET /wait HTTP/1.1\r\nHost: a\r\n\r\n")
                let seats = try await room.leave(1)
                client = nil
                try await Task.sleep(for: .milliseconds(50))
                Self.end(seats) { way == 0 ? $0.answer(Self.answer, adding: [:]) : $0.decline() }
                for _ in 0..<2_000 where server.connectionCount > 0 { try await Task.sleep(for: .milliseconds(5)) }
                #expect(server.connectionCount == 0)
            }
        }
    }

    @Test func aServerThatEndsWaitsForThem() async throws {
        let room = Room()
        try await withServer(seating: room.take) { address, server in
            let client = try RawClient(address)
            client.send("GET /wait HTTP/1.1\r\nHost: a\r\n\r\n")
            let seats = try await room.leave(1)
            async let drained: Void = server.drain(deadline: .seconds(10))
            try await Task.sleep(for: .milliseconds(50))
            Self.end(seats) { $0.answer(Self.answer, adding: [:]) }
            let response = try client.response()
            #expect(response.text == "same")
            await drained
            #expect(server.connectionCount == 0)
        }
    }
}
