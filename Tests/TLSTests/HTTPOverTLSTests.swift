import HTTP
import Observe
import Reactor
import TLS
import TestServers
import Testing

@Suite("The public server in TLS, with curl and openssl")
struct HTTPOverTLSTests {
    private static let prepared = HTTPPreparedResponse(
        status: 200,
        content: (0..<(3 << 20)).map { UInt8(truncatingIfNeeded: $0 &* 7) }
    )

    private static func run(_ body: @Sendable (UInt16, MetricRegistry) async throws -> Void) async throws {
        let metrics = MetricRegistry()
        let group = try EventLoopGroup(count: 2)
        var configuration = HTTPServerConfiguration()
        let files = try TestCertificates.shared().paths("host")
        configuration.tls = try TLSSlot("http", .publicServer, files: files, metrics: TLSMetrics(metrics))
        let server = HTTPServer(
            group: group,
            address: try #require(SocketAddress(parsing: "127.0.0.1:0")),
            configuration: configuration,
            immediate: { head in head.path == "/large" ? prepared : nil },
            handler: { request in
                guard request.head.path == "/count" else { return .text("\(request.head.scheme)") }
                let count = try? await request.body.collect(upTo: 8 << 20).count
                return .text("\(count ?? -1)")
            }
        )
        let port = try #require(try await server.start().port)
        do {
            try await body(port, metrics)
        } catch {
            await server.drain(deadline: .zero)
            await group.stop()
            throw error
        }
        await server.drain(deadline: .zero)
        await group.stop()
    }

    private static func shell(_ text: String) throws -> [String] {
        try ServerProcess.run(["/bin/sh", "-c", "{ \(text); } 2>&1 || echo failed"])
    }

    private static func curl(_ options: String, _ port: UInt16, _ path: String = "/") throws -> [String] {
        let authority = try TestCertificates.shared().authority.path
        return try shell(
            "curl -sS --cacert \(authority) \(options) -w '\\n%{http_version} %{size_download}\\n'"
                + " https://localhost:\(port)\(path)"
        )
    }

    @Test("Both versions of TLS, both of HTTP; the scheme is https")
    func versions() async throws {
        try await Self.run { port, metrics in
            for version in ["1.2", "1.3"] {
                let tls = "--tlsv\(version) --tls-max \(version)"
                let first = try Self.curl("\(tls) --http1.1", port)
                let second = try Self.curl("\(tls) --http2", port)
                #expect(first == ["https", "1.1 5"])
                #expect(second == ["https", "2 5"])
            }
            let withoutProtocol = try Self.curl("--no-alpn --http1.1", port)
            #expect(withoutProtocol == ["https", "1.1 5"])
            let line = "lonja_tls_handshakes_total{slot=\"http\",side=\"server\",outcome=\"ok\"} 5"
            #expect(metrics.prometheusText().contains(line))
        }
    }

    @Test("Large answers and large requests pass whole", arguments: ["--http1.1", "--http2"])
    func large(version: String) async throws {
        try await Self.run { port, _ in
            let sum = try Self.shell("curl -sS -k \(version) https://localhost:\(port)/large | cksum")
            let expected = try Self.shell(
                "python3 -c 'import sys; sys.stdout.buffer.write(bytes((i * 7) & 255 for i in range(3 << 20)))' | cksum"
            )
            #expect(sum == expected)
            // A slow reader, for whom output has to wait.
            let slow = try Self.shell(
                "curl -sS -k \(version) --limit-rate 3M https://localhost:\(port)/large | cksum"
            )
            #expect(slow == expected)
            let counted = try Self.shell(
                "head -c 5000000 /dev/zero | curl -sS -k \(version) -T - https://localhost:\(port)/count; echo"
            )
            #expect(counted == ["5000000"])
        }
    }

    @Test("Old versions, plain HTTP and renegotiation are refused")
    func refused() async throws {
        try await Self.run { port, metrics in
            let old = try Self.shell(
                "openssl s_client -connect localhost:\(port) -tls1_1 -cipher 'DEFAULT@SECLEVEL=0' </dev/null"
            )
            #expect(old.contains { $0.contains("alert protocol version") }, "\(old)")
            let plain = try Self.shell("curl -sS --max-time 5 http://localhost:\(port)/")
            #expect(plain.last == "failed")
            #expect(plain.contains { $0.contains("(52)") || $0.contains("(56)") }, "\(plain)")
            // R asks for a new handshake; the connection does not live on.
            let again = try Self.shell(
                "{ sleep 1; echo R; sleep 1; } | openssl s_client -connect localhost:\(port) -tls1_2 -alpn http/1.1"
            )
            #expect(again.contains { $0.contains("RENEGOTIATING") }, "\(again.suffix(5))")
            let text = metrics.prometheusText()
            #expect(text.contains("outcome=\"version\"} 1"))
            #expect(text.contains("outcome=\"plain\"} 1"))
        }
    }

    @Test("Who changes its keys all the time is cut off, who does it now and then is not")
    func keys() async throws {
        try await Self.run { port, _ in
            for (count, isCut) in [(10, false), (40, true)] {
                // Each k, in a write of its own, makes new keys.
                let lines = try Self.shell(
                    "{ sleep 1; for i in $(seq \(count)); do echo k; sleep 0.03; done; printf 'GET / HTTP/1.1\\r\\nhost: x"
                        + "\\r\\n\\r\\n'; sleep 1; } | openssl s_client -connect localhost:\(port) -alpn http/1.1"
                )
                #expect(lines.contains { $0.contains("KEYUPDATE") })
                #expect(lines.contains { $0.contains("200 OK") } == !isCut, "\(count): \(lines.suffix(5))")
            }
        }
    }

    @Test("s_client sees the name, the chain and what is spoken")
    func client() async throws {
        try await Self.run { port, _ in
            let authority = try TestCertificates.shared().authority.path
            let lines = try Self.shell(
                "openssl s_client -connect localhost:\(port) -servername localhost -CAfile \(authority)"
                    + " -verify_hostname localhost -verify_return_error -alpn h2,http/1.1 </dev/null"
            )
            #expect(lines.contains { $0.contains("Verification: OK") })
            #expect(lines.contains { $0.contains("ALPN protocol: h2") })
            #expect(lines.contains { $0.contains("TLSv1.3") })
        }
    }
}
