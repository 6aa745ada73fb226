import Reactor
import Testing

@testable import HTTP

@Suite(.serialized, .timeLimit(.minutes(2))) struct HTTP2RequestTests {
    @Test func answersOnManyStreams() async throws {
        try await withServer { address, server in
            try await withClient(address) { client in
                for number in 0..<50 {
                    let response = try await client.call("GET", "/\(number)")
                    #expect(response.status == "200")
                    #expect(response.body == Array("GET /\(number)".utf8))
                }
                #expect(server.connectionCount == 1)
                #expect(try await client.call("HEAD", "/abc").body.isEmpty)
                #expect(try await client.call("GET", "/large").body.count == 6_400_000)
                let megabyte = [UInt8](repeating: 7, count: 1_000_000)
                #expect(try await client.call("POST", "/echo", megabyte).body == megabyte)
                #expect(try await client.call("POST", "/collect", [1, 2, 3]).body == Array("3".utf8))
            }
        }
    }

    @Test func refusesAndRecovers() async throws {
        try await withServer({ $0.maximumBodyBytes = 100 }) { address, _ in
            try await withClient(address) { client in
                let long = try await client.call("POST", "/echo", [UInt8](repeating: 0, count: 5000))
                #expect(long.status == "413")
                let tunnel = try await client.call("CONNECT", "/x")
                #expect(tunnel.status == "501")
                let failed = try await client.call("GET", "/fails")
                #expect(failed.code != .noError)
                let after = try await client.call("GET", "/after")
                #expect(after.status == "200")
            }
        }
    }

    private func withClient(
        _ address: SocketAddress,
        _ body: (HTTP2TestClient) async throws -> Void
    ) async throws {
        let group = try EventLoopGroup(count: 1)
        do {
            let client = try await HTTP2TestClient.connect(address, group.loops[0])
            try await body(client)
            try await client.close()
        } catch {
            group.shutdown()
            throw error
        }
        group.shutdown()
    }
}
