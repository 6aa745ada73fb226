import Reactor
import TLS
import TestServers
import Testing
import Valkey

@Suite("Valkey in TLS, with a real server")
struct ValkeyOverTLSTests {
    private static func withServer(
        _ certificate: String,
        _ body: @escaping @Sendable (UInt16, EventLoopGroup) async throws -> Void
    ) async throws {
        let files = try TestCertificates.shared().paths(certificate)
        let port = try LoopbackPort.free()
        let server = try StoreProcess([
            "--tls-port", "\(port)", "--tls-cert-file", files.certificate ?? "", "--tls-key-file", files.key ?? "",
            "--tls-ca-cert-file", files.authorities ?? "", "--tls-auth-clients", "no",
        ])
        try await server.start()
        defer { server.kill() }
        let group = try EventLoopGroup(count: 1)
        do {
            try await body(port, group)
        } catch {
            await group.stop()
            throw error
        }
        await group.stop()
    }

    private static func client(
        _ address: String,
        _ group: EventLoopGroup,
        timeout: Duration = .seconds(10)
    ) throws -> ValkeyClient {
        var configuration = ValkeyConfiguration(.one(try #require(ValkeyEndpoint(address))))
        configuration.timeout = timeout
        configuration.tls = try TLSSlot(
            "valkey",
            .client,
            files: TLSFiles(authorities: TestCertificates.shared().authority.path)
        )
        return ValkeyClient(configuration, group: group)
    }

    @Test("Commands of all sizes, by name and by address", arguments: ["localhost", "127.0.0.1"])
    func commands(host: String) async throws {
        try await Self.withServer("host") { port, group in
            let client = try Self.client("\(host):\(port)", group)
            defer { client.close() }
            try await group.loops[0].run {
                let large = [UInt8](repeating: 7, count: 6 << 20)
                try await client.set("large", large)
                let back = try await client.get("large", as: [UInt8].self)
                #expect(back == large)
                try await withThrowingTaskGroup(of: Void.self) { tasks in
                    for index in 0..<500 {
                        tasks.addTask {
                            try await client.set("key\(index)", "value\(index)")
                            let value = try await client.get("key\(index)", as: String.self)
                            #expect(value == "value\(index)")
                        }
                    }
                    try await tasks.waitForAll()
                }
            }
        }
    }

    @Test("A server for another name is not talked to, and the reason is said")
    func wrongName() async throws {
        try await Self.withServer("profile") { port, group in
            let client = try Self.client("localhost:\(port)", group, timeout: .seconds(2))
            defer { client.close() }
            try await group.loops[0].run {
                do {
                    try await client.set("key", "value")
                    Issue.record("the server was believed")
                } catch {
                    #expect("\(error)".contains("the server's certificate is for somebody else"), "\(error)")
                }
            }
        }
    }
}
