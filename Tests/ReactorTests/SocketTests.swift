import Glibc
import Testing

@testable import Reactor

@Suite
struct SocketTests {
    @Test(arguments: ["127.0.0.1:80", "[::1]:443", "unix:/tmp/a.sock", "0.0.0.0:0"])
    func addressesReadBackAsWritten(text: String) throws {
        #expect(try #require(SocketAddress(parsing: text)).description == text)
    }

    @Test(arguments: ["", "localhost:80", "127.0.0.1", "127.0.0.1:65536", "::1:80", "unix:", "1.2.3:4"])
    func whatIsNoAddressIsRefused(text: String) {
        #expect(SocketAddress(parsing: text) == nil)
    }

    @Test
    func aTakenPortIsNamedInTheError() throws {
        let any = try #require(SocketAddress(parsing: "127.0.0.1:0"))
        let first = try Socket.listen(any, shared: false)
        defer { close(first) }
        let taken = try #require(Socket.localAddress(first))
        let error = #expect(throws: SystemError.self) { try Socket.listen(taken, shared: false) }
        #expect(error?.description == "bind \(taken): Address already in use")
    }

    @Test
    func connectionsAreSpreadEvenly() async throws {
        let group = try EventLoopGroup(count: 2)
        let any = try #require(SocketAddress(parsing: "127.0.0.1:0"))
        let (accepted, continuation) = AsyncStream.makeStream(of: Int.self)
        let listener = try Listener(any, group: group) { descriptor, _, loop in
            close(descriptor)
            continuation.yield(loop.index)
        }
        var clients: [Int32] = []
        for _ in 0..<10 { clients.append(try Socket.connect(listener.address)) }
        var counts = [0, 0]
        for await index in accepted {
            counts[index] += 1
            if counts[0] + counts[1] == 10 { break }
        }
        #expect(counts == [5, 5])
        for client in clients { close(client) }
        listener.close()
    }
}
