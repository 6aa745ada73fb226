import Glibc
import HTTP
import Reactor
import TestServers
import Testing

@testable import Fetch

/// Coded content over real connections.
@Suite(.serialized, .timeLimit(.minutes(2))) struct CodedContentTests {
    private func withServer(
        _ change: (inout FetchClientConfiguration) -> Void = { _ in },
        _ body: (FetchClient, String, EventLoopGroup) async throws -> Void
    ) async throws {
        let certificates = try Certificates.shared()
        let server = try ServerProcess.python("FetchTests/Servers/https_server.py", certificates.files(.good))
        let base = "https://localhost:\(try server.port())"
        let held = HeldSteps()
        let group = try held.group(1)
        var configuration = FetchClientConfiguration()
        configuration.certificateAuthorities = certificates.authority
        configuration.redirects = .follow(3)
        configuration.retry = .never
        change(&configuration)
        let client = FetchClient(group: group, configuration: configuration)
        let result: Result<Void, any Error>
        do { result = .success(try await body(client, base, group)) } catch { result = .failure(error) }
        #expect(try await client.transferCounts() == [0])
        client.close()
        group.shutdown()
        #expect(held.all.isEmpty, "no loop is held")
        withExtendedLifetime(server) {}
        try result.get()
    }

    @Test func decodesWhatIsCompressed() async throws {
        try await withServer { (client, base, _) async throws -> Void in
            let plain = Array(String(repeating: "decoded ", count: 1000).utf8)
            for path in ["gzip", "zlib", "raw", "identity"] {
                let decoded = try await client.get("\(base)/\(path)")
                #expect(decoded.body == plain, "\(path)")
            }
            #expect(try await client.get("\(base)/members").body == plain + plain)
            #expect(try await client.get("\(base)/gzip").fields["content-encoding"] == "gzip")
            #expect(try await client.get("\(base)/empty").body.isEmpty)
            #expect(try await client.get("\(base)/tiny-members").body.isEmpty)
            #expect(try await client.fetch(request("\(base)/gzip", .head)).status == 200)
            #expect(try await client.get("\(base)/asked").text == "gzip, deflate")
            let down = await client.failure("\(base)/down")
            #expect(down?.code == .redirectRefused)
        }
    }

    @Test func refusesWhatIsNotWhole() async throws {
        try await withServer { (client, base, _) async throws -> Void in
            for path in [
                "broken", "cut", "cut-trailer", "wrong-check", "wrong-length", "more", "zeros-behind", "cut-zlib",
                "more-raw", "br", "twice", "transfer",
            ] {
                let error = await client.failure("\(base)/\(path)")
                #expect(error?.code == .protocolViolation, "\(path): \(String(describing: error))")
                #expect(error?.message.hasPrefix("localhost: ") == true)
            }
            #expect(try await client.get("\(base)/gzip").body.count == 8000, "the client goes on")
        }
    }

    @Test func leavesAloneWhatItDidNotAskFor() async throws {
        try await withServer {
            $0.decodesContent = false
        } _: { (client, base, _) async throws -> Void in
            #expect(try await client.get("\(base)/gzip").body.starts(with: [0x1f, 0x8b]))
            #expect(try await client.get("\(base)/asked").text == "none")
        }
        try await withServer { (client, base, _) async throws -> Void in
            var own = try request("\(base)/br")
            own.fields.append("accept-encoding", "br")
            #expect(try await client.fetch(own).body.starts(with: [0x1f, 0x8b]))
        }
    }

    /// The limit is for what comes out, and much that comes in without anything coming out is refused, too.
    @Test func limitsWhatIsDecoded() async throws {
        try await withServer { (client, base, _) async throws -> Void in
            #expect(try await client.get("\(base)/gzip", limit: 8000).body.count == 8000)
            await #expect(throws: FetchError.self) { try await client.get("\(base)/gzip", limit: 7999) }
            await #expect(throws: FetchError.self) { try await client.get("\(base)/tiny-members", limit: 100_000) }
        }
    }

    /// A reader that takes its time, of content that grows a thousandfold: it neither fills the memory nor loses a byte.
    @Test func aSlowReaderHoldsUpTheDecoder() async throws {
        try await withServer({ $0.stallTimeout = .milliseconds(200) }) { client, base, group in
            let loop = group.loops[0]
            let bomb = "\(base)/bomb"
            let (total, resident) = try await loop.run {
                try await client.withResponse(to: request(bomb)) { response in
                    let before = Memory.residentKilobytes()
                    var (total, resident, chunks) = (0, 0, 0)
                    for try await chunk in response.body {
                        // Now and then for longer than the peer might.
                        if chunks % 5000 == 0 { try await loop.sleep(for: .milliseconds(300)) }
                        total += chunk.count
                        chunks += 1
                        if chunks % 500 == 0 { resident = max(resident, Memory.residentKilobytes() - before) }
                    }
                    return (total, resident)
                }
            }
            #expect(total == 512 << 20)
            // The allocator keeps up to 64 MB of what is freed (mesh_tune_allocator).
            #expect(resident < 96 << 10, "\(resident) KB")
            print("512 MB decoded and read, \(resident) KB of memory")
        }
    }

    /// Given up in the middle of decoding.
    @Test func mayBeGivenUp() async throws {
        try await withServer { client, base, group in
            let bomb = "\(base)/bomb"
            for _ in 0..<3 {
                let first = try await group.loops[0].run {
                    try await client.withResponse(to: request(bomb)) { response in
                        for try await chunk in response.body { return chunk.count }
                        return 0
                    }
                }
                #expect(first > 0)
                let late = await client.failure(bomb, deadline: soon(.milliseconds(30)))
                #expect(late?.code == .deadlineExceeded || late?.code == .bodyTooLarge)
            }
        }
    }
}
