import Reactor
import Testing

@testable import HTTP

@Suite(.serialized, .timeLimit(.minutes(2))) struct HTTP1ConnectionTests {
    private let host = "Host: a\r\n"

    @Test func keepsAliveAndDates() async throws {
        try await withServer { address, server in
            let client = try RawClient(address)
            for number in 0..<3 {
                client.send("GET /\(number) HTTP/1.1\r\n\(host)\r\n")
                let response = try client.response()
                #expect(response.status == 200)
                #expect(response.text == "GET /\(number)")
                #expect(response.fields["connection"] == nil)
                #expect(response.fields["date"]?.hasSuffix(" GMT") == true)
            }
            #expect(server.connectionCount == 1)
            client.send("GET /last HTTP/1.1\r\n\(host)Connection: close\r\n\r\n")
            #expect(try client.response().fields["connection"] == "close")
            #expect(client.isAtEnd())
        }
    }

    @Test func servesHTTP10() async throws {
        try await withServer { address, _ in
            let client = try RawClient(address)
            client.send("GET /a HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
            #expect(try client.response().fields["connection"] == "keep-alive")
            client.send("POST /echo HTTP/1.0\r\nContent-Length: 5\r\n\r\nhello")
            let last = try client.response()
            #expect(last.text == "hello")
            #expect(last.fields["transfer-encoding"] == nil)
            #expect(client.isAtEnd())
        }
    }

    @Test func answersPipelinedRequestsInOrder() async throws {
        try await withServer { address, _ in
            let client = try RawClient(address)
            var text = ""
            for number in 0..<200 {
                text += "GET /\(number) HTTP/1.1\r\n\(host)\r\n"
                text += "POST /collect HTTP/1.1\r\n\(host)Content-Length: \(number)\r\n\r\n"
                text += String(repeating: "x", count: number)
            }
            client.send(text)
            for number in 0..<200 {
                #expect(try client.response().text == "GET /\(number)")
                #expect(try client.response().text == "\(number)")
            }
        }
    }

    @Test func answersPipelinedRequestsAfterTheirSenderClosedItsSide() async throws {
        try await withServer { address, _ in
            let client = try RawClient(address)
            client.send("GET /1 HTTP/1.1\r\n\(host)\r\nGET /2 HTTP/1.1\r\n\(host)\r\nGET /cut HTTP")
            client.closeOutput()
            #expect(try client.response().text == "GET /1")
            #expect(try client.response().text == "GET /2")
            #expect(client.isAtEnd())
        }
    }

    @Test func leavesOutContent() async throws {
        try await withServer { address, _ in
            let client = try RawClient(address)
            client.send("HEAD /abc HTTP/1.1\r\n\(host)\r\nHEAD /large HTTP/1.1\r\n\(host)\r\n")
            let first = try client.response(toHead: true)
            #expect(first.fields["content-length"] == "9")
            #expect(try client.response(toHead: true).fields["content-length"] == nil)
            client.send("GET /none HTTP/1.1\r\n\(host)\r\nGET /x HTTP/1.1\r\n\(host)\r\n")
            let none = try client.response()
            #expect(none.status == 204)
            #expect(none.fields["content-length"] == nil)
            #expect(try client.response().text == "GET /x")
        }
    }

    @Test func echoesTenMegabytesToASlowReader() async throws {
        try await withServer { address, _ in
            let client = try RawClient(address, receiveBuffer: 16 << 10)
            let chunk = [UInt8](repeating: 0x61, count: 100_000)
            let sender = Detached {
                client.send("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
                for _ in 0..<100 {
                    client.send(String(chunk.count, radix: 16) + "\r\n")
                    client.send(chunk)
                    client.send("\r\n")
                }
                client.send("0\r\n\r\n")
            }
            let response = try client.response()
            sender.join()
            #expect(response.body.count == 10_000_000)
            #expect(response.body.allSatisfy { $0 == 0x61 })
            client.send("GET /after HTTP/1.1\r\n\(host)\r\n")
            #expect(try client.response().text == "GET /after")
        }
    }

    @Test func sendsALargeStream() async throws {
        try await withServer { address, _ in
            let client = try RawClient(address)
            client.send("GET /large HTTP/1.1\r\n\(host)\r\n")
            #expect(try client.response().body.count == 6_400_000)
        }
    }

    /// The kernel takes some of these whole, within the turn that writes them, and of others only a part.
    @Test(arguments: [1_000, 200_000, 1_000_000, 10_000_000])
    func readsTheNextRequestAfterALargeAnswer(_ size: Int) async throws {
        let bytes = [UInt8](repeating: 120, count: size)
        try await withServer(handler: { _ in HTTPResponse(status: 200, body: .bytes(bytes)) }) { address, server in
            let client = try RawClient(address)
            for _ in 0..<3 {
                client.send("GET / HTTP/1.1\r\n\(host)\r\n")
                #expect(try client.response().body.count == size)
            }
            #expect(server.connectionCount == 1)
        }
    }

    @Test func stopsReadingWhenTheHandlerDoesNot() async throws {
        let gate = Gate()
        try await withServer(
            { $0.bodyBufferBytes = 10_000 },
            handler: { request in
                await gate.pass()
                return await answer(request)
            }
        ) { address, _ in
            let client = try RawClient(address)
            let total = 40_000_000
            let sender = Detached {
                client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: \(total)\r\n\r\n")
                client.send([UInt8](repeating: 1, count: total))
                gate.open()  // only reached if nobody held the sender up
            }
            #expect(!sender.join(within: 0.3), "40 MB do not fit into what may wait")
            gate.open()
            #expect(try client.response().body.count == total)
            sender.join()
        }
    }

    @Test func sendsContinueWhenTheHandlerReads() async throws {
        try await withServer { address, _ in
            let client = try RawClient(address)
            let head = "HTTP/1.1\r\n\(host)Content-Length: 5\r\nExpect: 100-continue\r\n\r\n"
            client.send("POST /collect \(head)")
            #expect(try client.response().status == 100)
            client.send("hello")
            #expect(try client.response().text == "5")
            client.send("POST /ignores \(head)")
            let refused = try client.response()
            #expect(refused.status == 200)
            #expect(refused.fields["connection"] == "close", "what comes next could be the content or not")
            #expect(client.isAtEnd())
        }
    }

    @Test func discardsWhatTheHandlerLeft() async throws {
        try await withServer { address, server in
            let client = try RawClient(address)
            client.send("POST /a HTTP/1.1\r\n\(host)Content-Length: 50000\r\n\r\n")
            #expect(try client.response().text == "POST /a")
            client.send(String(repeating: "x", count: 50000) + "GET /b HTTP/1.1\r\n\(host)\r\n")
            #expect(try client.response().text == "GET /b")
            client.send("POST /c HTTP/1.1\r\n\(host)Content-Length: 5000000\r\n\r\n")
            #expect(try client.response().text == "POST /c")
            client.send([UInt8](repeating: 0, count: 200_000))
            #expect(client.isAtEnd())
        }
    }

    @Test func refusesWithAnAnswer() async throws {
        try await withServer({ $0.maximumBodyBytes = 1000 }) { address, _ in
            for sample in HTTP1Refused.smuggling {
                let client = try RawClient(address)
                client.send(sample.text)
                let response = try client.response()
                #expect(response.status == sample.status, "\(sample.name)")
                #expect(response.fields["connection"] == "close")
                #expect(client.isAtEnd(), "\(sample.name): nothing after the refusal")
            }
            let client = try RawClient(address)
            client.send("POST /echo HTTP/1.1\r\n\(host)Content-Length: 100000\r\n\r\n")
            client.send([UInt8](repeating: 0, count: 100_000))
            #expect(try client.response().status == 413)
            #expect(client.isAtEnd())
        }
    }

    @Test func tellsTheHandlerOfABrokenBody() async throws {
        try await withServer { address, _ in
            let client = try RawClient(address)
            client.send("POST /collect HTTP/1.1\r\n\(host)Transfer-Encoding: chunked\r\n\r\n5\r\nhello")
            client.send("X\r\n")
            #expect(try client.response().status == 400)
            #expect(client.isAtEnd())
            let over = try RawClient(address)
            over.send("POST /collect HTTP/1.1\r\n\(host)Content-Length: 2000\r\n\r\n")
            let response = try over.response()
            #expect(response.status == 413)
            #expect(response.text == "bodyTooLarge")
        }
    }

    @Test func cutsOffAFailedStream() async throws {
        try await withServer { address, _ in
            let client = try RawClient(address)
            client.send("GET /fails HTTP/1.1\r\n\(host)\r\n")
            #expect(throws: (any Error).self) { try client.response() }
        }
    }

    @Test func keepsFieldsFromSplittingTheResponse() async throws {
        try await withServer { address, _ in
            let client = try RawClient(address)
            client.send("GET /split HTTP/1.1\r\n\(host)\r\n")
            let response = try client.response()
            #expect(response.fields["x-a"] == "b  x-evil: c")
            #expect(response.fields["x-evil"] == nil)
            #expect(response.fields["bad name"] == nil)
            #expect(response.fields["content-length"] == "0")
        }
    }

    @Test func endsSlowConnections() async throws {
        try await withServer({
            $0.headerTimeout = .milliseconds(100)
            $0.idleTimeout = .milliseconds(200)
            $0.bodyTimeout = .milliseconds(100)
        }) { address, _ in
            let silent = try RawClient(address)
            let slow = try RawClient(address)
            slow.send("GET / HT")
            let body = try RawClient(address)
            body.send("POST /collect HTTP/1.1\r\n\(host)Content-Length: 5\r\n\r\nhe")
            let idle = try RawClient(address)
            idle.send("GET /i HTTP/1.1\r\n\(host)\r\n")
            #expect(try idle.response().text == "GET /i")
            #expect(silent.isAtEnd())
            #expect(try slow.response().status == 408)
            #expect(try body.response().status == 408)
            #expect(idle.isAtEnd())
        }
    }

    @Test func cancelsTheHandlerWhenThePeerLeaves() async throws {
        let started = Gate()
        let cancelled = Gate()
        try await withServer(handler: { _ in
            started.open()
            try? await EventLoop.current?.sleep(for: .seconds(60))
            if Task.isCancelled { cancelled.open() }
            return .text("late")
        }) { address, server in
            do {
                let client = try RawClient(address)
                client.send("POST / HTTP/1.1\r\n\(host)Content-Length: 5\r\n\r\n")
                await started.pass()
            }
            await cancelled.pass()
            // Another request on the same loop gets a task that is not cancelled.
            let client = try RawClient(address)
            client.send("POST / HTTP/1.1\r\n\(host)Content-Length: 5\r\n\r\n")
            withExtendedLifetime(client) {}
        }
    }
}
