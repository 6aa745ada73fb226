import Glibc
import Observe
import RPC
import Reactor
import SwiftProtobuf
import Synchronization
import TestServers
import Testing

@testable import TLS

@Suite("gRPC in mutual TLS")
struct RPCOverTLSTests {
    private static func slot(_ name: String) throws -> TLSSlot {
        try TLSSlot("client", .mutual, files: TestCertificates.shared().paths(name), handshakeTimeout: .seconds(60))
    }

    @Test("A call goes through, and the server knows who calls")
    func call() async throws {
        try await TestMesh.run(TestCertificates.shared().paths("profile")) { mesh, _ in
            let answer = try await mesh.who(Self.slot("wallet"))
            #expect(answer == .success("wallet"))
            #expect(mesh.count("lonja_tls_handshakes_total{slot=\"rpc\",side=\"server\",outcome=\"ok\"}") == 1)
        }
    }

    @Test("A client of a foreign server means a host, and shows a certificate if it has one")
    func foreign() async throws {
        try await TestMesh.run(TestCertificates.shared().paths("host")) { mesh, _ in
            var files = try TestCertificates.shared().paths("wallet")
            let slot = try TLSSlot("traces", .foreignClient, files: files, handshakeTimeout: .seconds(60))
            for host in ["localhost", "127.0.0.1"] {
                #expect(try await mesh.who(slot, to: .host(host)) == .success("wallet"))
            }
            for name in [TLSName.host("elsewhere"), .service("profile")] {
                guard case .failure(let error) = try await mesh.who(slot, to: name) else {
                    Issue.record("\(name) was taken for it")
                    continue
                }
                #expect(error.code == .unavailable)
            }
            (files.certificate, files.key) = (nil, nil)
            let bare = try TLSSlot("traces", .foreignClient, files: files, handshakeTimeout: .seconds(60))
            guard case .failure = try await mesh.who(bare, to: .host("localhost")) else {
                Issue.record("a mutual server let in who shows no certificate")
                return
            }
        }
    }

    @Test("Large messages pass both ways at once")
    func large() async throws {
        try await TestMesh.run(TestCertificates.shared().paths("profile")) { mesh, _ in
            let (peer, channel) = try mesh.channel(Self.slot("wallet"))
            defer { channel.close() }
            let text = String(repeating: "0123456789", count: 200_000)
            try await mesh.group.loops[0].run {
                let context = CallContext.root(timeout: .seconds(60))
                let answer = try await peer.unary(TestEcho.echo, Text(text), context)
                #expect(answer.value == text)
                let received = try await peer.bidirectional(TestEcho.many, context) { writer, reader in
                    for _ in 0..<4 { try await writer.write(Text(text)) }
                    try await writer.finish()
                    var count = 0
                    for try await part in reader where part.value == text { count += 1 }
                    return count
                }
                #expect(received == 4)
            }
        }
    }

    @Test("Who has no good certificate, or none, gets no call through, and the reason is counted")
    func refused() async throws {
        try await TestMesh.run(TestCertificates.shared().paths("profile")) { mesh, _ in
            for (client, outcome) in [
                ("expired", "expired"), ("foreign", "unknown-authority"), ("self", "self-signed"),
            ] {
                guard case .failure(let error) = try await mesh.who(Self.slot(client)) else {
                    Issue.record("\(client) was let in")
                    continue
                }
                #expect(error.code == .unavailable)
                let line = "lonja_tls_handshakes_total{slot=\"rpc\",side=\"server\",outcome=\"\(outcome)\"}"
                #expect(mesh.count(line) > 0, "\(mesh.metrics.prometheusText())")
            }
            guard case .failure(let plain) = try await mesh.who(nil) else {
                Issue.record("a plain peer was let in")
                return
            }
            #expect(plain.code == .unavailable)
            #expect(mesh.count("lonja_tls_handshakes_total{slot=\"rpc\",side=\"server\",outcome=\"plain\"}") > 0)
            #expect(mesh.count("lonja_tls_handshakes_total{slot=\"rpc\",side=\"server\",outcome=\"ok\"}") == 0)
        }
    }

    @Test(
        "A client talks to nobody but the service that it means, and says why",
        arguments: [
            ("wallet", "the server's certificate is for somebody else"),
            ("expired", "the server's certificate, or its authority's, has expired"),
            ("foreign", "the server's certificate is of an authority that is not trusted"),
        ]
    )
    func wrongServer(certificate: String, reason: String) async throws {
        try await TestMesh.run(TestCertificates.shared().paths(certificate)) { mesh, _ in
            guard case .failure(let error) = try await mesh.who(Self.slot("wallet")) else {
                Issue.record("\(certificate) was believed to be profile")
                return
            }
            #expect(error.code == .unavailable)
            #expect(error.message.hasSuffix("TLS: \(reason)"), "\(error.message)")
        }
    }

    @Test("A client that speaks TLS to a plain server says so")
    func plainServer() async throws {
        let group = try EventLoopGroup(count: 1)
        let server = RPCServer(
            group: group,
            address: try #require(SocketAddress(parsing: "127.0.0.1:0")),
            table: try RPCServiceTable([TestEcho()])
        )
        let mesh = TestMesh(group: group, address: try await server.start(), metrics: MetricRegistry())
        guard case .failure(let error) = try await mesh.who(Self.slot("wallet")) else {
            Issue.record("a plain server was believed")
            return
        }
        #expect(error.message.hasSuffix("TLS: the peer does not speak TLS"), "\(error.message)")
        await server.drain(deadline: .zero)
        await group.stop()
    }

    @Test("Rules say who may call what, also when they change while calls go on")
    func rules() async throws {
        let policy = Mutex<CallerPolicy?>(nil)
        try await TestMesh.run(
            TestCertificates.shared().paths("profile"),
            policy: { metrics in
                let made = CallerPolicy(
                    try CallerRules(parsing: "profile: wallet; profile/test.v1.Echo/Who: gateway"),
                    plugins: ["test.v1.Echo": "profile"],
                    metrics: metrics
                )
                policy.withLock { $0 = made }
                return made
            }
        ) { mesh, _ in
            let (peer, channel) = try mesh.channel(Self.slot("wallet"))
            defer { channel.close() }
            let policy = try #require(policy.withLock { $0 })
            try await mesh.group.loops[0].run {
                let context = CallContext.root(timeout: .seconds(30))
                let echo = try await peer.unary(TestEcho.echo, Text("x"), context)
                #expect(echo.value == "x")
                let refusal = RPCError(.permissionDenied, "wallet may not call /test.v1.Echo/Who")
                await #expect(throws: refusal) { try await peer.unary(TestEcho.who, Text(""), context) }
                policy.replace(try CallerRules(parsing: "profile/test.v1.Echo/Who: *"))
                let answer = try await peer.unary(TestEcho.who, Text(""), context)
                #expect(answer.value == "wallet")
                await #expect(throws: RPCError(.permissionDenied, "wallet may not call /test.v1.Echo/Echo")) {
                    try await peer.unary(TestEcho.echo, Text("x"), context)
                }
            }
            let line = "mesh_authorization_refusals_total{service=\"test.v1.Echo\",method=\"Who\",caller=\"wallet\"}"
            #expect(mesh.count(line) == 1)
            let calls = "mesh_server_calls_total{service=\"test.v1.Echo\",method=\"Who\",code="
            #expect(mesh.count(calls + "\"PERMISSION_DENIED\",from=\"remote\"}") == 1)
            #expect(mesh.count(calls + "\"OK\",from=\"remote\"}") == 1)
        }
    }

    @Test("Who connects and says nothing is closed when its time is over")
    func silence() async throws {
        try await TestMesh.run(
            TestCertificates.shared().paths("profile"),
            handshakeTimeout: .milliseconds(200)
        ) { mesh, _ in
            let port = try #require(mesh.address.port)
            let ended = try await mesh.group.blocking.run {
                let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
                defer { close(descriptor) }
                var address = sockaddr_in()
                address.sin_family = sa_family_t(AF_INET)
                address.sin_port = port.bigEndian
                address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
                let isConnected = withUnsafePointer(to: &address) { pointer in
                    pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
                    }
                }
                guard isConnected else { return -1 }
                var limit = timeval(tv_sec: 5, tv_usec: 0)
                setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
                var byte: UInt8 = 0
                return recv(descriptor, &byte, 1, 0)
            }
            #expect(ended == 0, "the server did not end the connection")
            #expect(mesh.count("lonja_tls_handshakes_total{slot=\"rpc\",side=\"server\",outcome=\"timeout\"}") == 1)
        }
    }

    @Test("A hundred connections that come at once all get their turn")
    func many() async throws {
        try await TestMesh.run(TestCertificates.shared().paths("profile")) { mesh, _ in
            let slot = try Self.slot("wallet")
            let good = try await withThrowingTaskGroup(of: Bool.self) { tasks in
                for _ in 0..<100 { tasks.addTask { try await mesh.who(slot) == .success("wallet") } }
                var count = 0
                for try await isGood in tasks where isGood { count += 1 }
                return count
            }
            #expect(good == 100)
            #expect(mesh.count("lonja_tls_handshakes_total{slot=\"rpc\",side=\"server\",outcome=\"ok\"}") == 100)
        }
    }

    @Test("Certificates of both sides are renewed under load: no call fails, and all connections are new")
    func renewal() async throws {
        let authority = try CertificateAuthority()
        defer { authority.remove() }
        func files(_ name: String) throws -> TLSFiles {
            let pair = try authority.issue(name, "DNS:\(name)")
            return TLSFiles(certificate: pair.certificate, key: pair.key, authorities: authority.path)
        }
        let ofServer = try files("profile")
        let ofClient = try files("wallet")
        try await TestMesh.run(ofServer) { mesh, server in
            let client = try TLSSlot("client", .mutual, files: ofClient, metrics: nil)
            let (peer, channel) = try mesh.channel(client)
            defer { channel.close() }
            link(authority.file("wallet.pem"), authority.file("first.pem"))
            link(authority.file("wallet.key"), authority.file("first.key"))
            let load = TestLoad()
            let handshakes = "lonja_tls_handshakes_total{slot=\"rpc\",side=\"server\",outcome=\"ok\"}"
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                for caller in 0..<32 {
                    let loop = mesh.group.loops[caller % 2]
                    tasks.addTask { try await load.call(peer, on: loop) }
                }
                for name in ["profile", "wallet", "profile", "wallet"] {
                    let before = load.done
                    while load.done < before + 300 { try await Task.sleep(for: .milliseconds(5)) }
                    let connected = mesh.count(handshakes)
                    let replaced = try await mesh.group.blocking.run {
                        try authority.issue(name, "DNS:\(name)")
                        return [server.reload(), client.reload()]
                    }
                    #expect(replaced.filter { $0 == .replaced }.count == 1)
                    // One connection for each loop of the client.
                    for _ in 0..<1000 where mesh.count(handshakes) < connected + 2 {
                        try await Task.sleep(for: .milliseconds(10))
                    }
                    #expect(mesh.count(handshakes) >= connected + 2)
                }
                // To and fro in quick succession, also while connections are being made.
                let other = try authority.issue("other", "DNS:wallet").certificate
                let key = authority.file("other.key")
                for round in 0..<40 {
                    let isOther = round % 2 == 0
                    let outcome = try await mesh.group.blocking.run {
                        unlink(authority.file("wallet.pem"))
                        unlink(authority.file("wallet.key"))
                        link(isOther ? other : authority.file("first.pem"), authority.file("wallet.pem"))
                        link(isOther ? key : authority.file("first.key"), authority.file("wallet.key"))
                        return client.reload()
                    }
                    #expect(outcome == .replaced)
                    try await Task.sleep(for: .milliseconds(round % 7))
                }
                let before = load.done
                while load.done < before + 300 { try await Task.sleep(for: .milliseconds(5)) }
                load.stop()
                try await tasks.waitForAll()
            }
            #expect(load.failures == [])
            #expect(load.done > 1200)
        }
    }
}
