import Glibc
import Reactor
import Testing

@testable import HTTP

@Suite(.serialized, .timeLimit(.minutes(2))) struct HTTPServerTests {
    private let get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"

    @Test func servesAUnixSocket() async throws {
        let path = "/tmp/lonja-http-\(getpid()).socket"
        try await withServer(at: "unix:\(path)") { address, _ in
            let client = try RawClient(address)
            client.send(get)
            #expect(try client.response().text == "GET /")
        }
        #expect(access(path, F_OK) != 0, "the socket's file is removed")
    }

    @Test func limitsConnectionsOfOnePeer() async throws {
        try await withServer({ $0.maximumConnectionsPerAddress = 2 }) { address, server in
            let first = try RawClient(address)
            let second = try RawClient(address)
            for client in [first, second] {
                client.send(get)
                #expect(try client.response().status == 200)
            }
            let third = try RawClient(address)
            #expect(!third.fill(), "one too many is closed unheard")
            #expect(server.connectionCount == 2)
            second.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            _ = try second.response()
            #expect(second.isAtEnd())
            let fourth = try RawClient(address)
            fourth.send(get)
            #expect(try fourth.response().status == 200)
            withExtendedLifetime(first) {}
        }
    }

    @Test func drainsWhatIsInProgress() async throws {
        let started = Gate()
        let gate = Gate()
        try await withServer(handler: { request in
            started.open()
            await gate.pass()
            return .text("done")
        }) { address, server in
            let busy = try RawClient(address)
            busy.send(get)
            await started.pass()
            let fresh = try RawClient(address)
            let drain = Task { await server.drain(deadline: .seconds(30)) }
            #expect(!fresh.fill(), "a connection without a request is closed soon")
            if let late = try? RawClient(address) { #expect(!late.fill(), "no more connections are served") }
            gate.open()
            let response = try busy.response()
            #expect(response.text == "done")
            #expect(response.fields["connection"] == "close")
            #expect(busy.isAtEnd())
            await drain.value
            #expect(server.connectionCount == 0)
        }
    }

    @Test func aRequestOnItsWayWhenTheDrainBeginsIsAnswered() async throws {
        // On a busy machine it is long on its way.
        try await withServer({ $0.drainGrace = .seconds(60) }, handler: { _ in .text("done") }) { address, server in
            let kept = try RawClient(address)
            kept.send(get)
            #expect(try kept.response().fields["connection"] == nil)
            let fresh = try RawClient(address)
            while server.connectionCount < 2 { await Task.yield() }
            let drain = Task { await server.drain(deadline: .seconds(30)) }
            // Somebody who has not heard of it yet.
            try await Task.sleep(for: .milliseconds(100))
            for client in [kept, fresh] {
                client.send(get)
                let response = try client.response()
                #expect(response.text == "done")
                #expect(response.fields["connection"] == "close")
                #expect(client.isAtEnd())
            }
            await drain.value
        }
    }

    @Test func drainEndsAtItsDeadline() async throws {
        let started = Gate()
        try await withServer(handler: { _ in
            started.open()
            try? await EventLoop.current?.sleep(for: .seconds(600))
            return .text(Task.isCancelled ? "cancelled" : "slept")
        }) { address, server in
            let client = try RawClient(address)
            client.send(get)
            await started.pass()
            await server.drain(deadline: .milliseconds(50))
            #expect(!client.fill())
        }
    }

    @Test func tellsTheVersionByTheFirstBytes() {
        func sniff(_ text: String) -> Bool? { Array(text.utf8).withUnsafeBytes { HTTPVersionSniffer.isHTTP2($0) } }
        #expect(sniff("G") == false)
        #expect(sniff("P") == nil)
        #expect(sniff("POST") == false)
        #expect(sniff("PRI * HTTP/2.0\r\n\r\nSM\r\n\r") == nil)
        #expect(sniff("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\nmore") == true)
        #expect(sniff("PRI * HTTP/2.0\r\n\r\nSX") == false)
    }

    @Test func countsPerAddress() {
        let count = HTTPConnectionCount(maximum: 3, maximumPerAddress: 2)
        #expect(count.enter([1]) == .counted)
        #expect(count.enter([1]) == .counted)
        #expect(count.enter([1]) == .addressFull)
        #expect(count.enter([2]) == .counted)
        #expect(count.enter([3]) == .full)
        count.leave([1])
        #expect(count.enter([]) == .counted)
        #expect(count.total == 3)
    }
}
