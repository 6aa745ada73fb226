import Reactor
import TestServers
import Testing

@testable import Fetch

extension Heavy {
    @Suite(.serialized, .timeLimit(.minutes(2))) struct LargeContentTests {
        @Test func countsWhatIsDecoded() async throws {
            let certificates = try Certificates.shared()
            let server = try ServerProcess.python("FetchTests/Servers/https_server.py", certificates.files(.good))
            let base = "https://localhost:\(try server.port())"
            let held = HeldSteps()
            let group = try held.group(1)
            defer { group.shutdown() }
            var configuration = FetchClientConfiguration()
            configuration.certificateAuthorities = certificates.authority
            let client = FetchClient(group: group, configuration: configuration)
            let first = try await client.get(base)
            #expect(first.status == 200)
            let (before, peak) = (Memory.residentKilobytes(), Memory.peakKilobytes())
            let bomb = await client.failure("\(base)/bomb")
            #expect(bomb?.code == .bodyTooLarge)
            // Never more than a small part of what would come: some MB, most of them the answer up to the limit.
            let most = max(peak, before + 64 << 10)
            let found = Memory.peakKilobytes()
            #expect(before > 0 && found < most, "\(found - before) KB were needed")
            #expect(held.all.isEmpty, "no loop is held")
            print("512 MB refused, at most \(found - before) KB of memory")
        }

        @Test func largeMailsAndTheServersLimit() async throws {
            try await withMail("tls") { (client, server, _) async throws -> Void in
                let line = String(repeating: "x", count: 98) + "\r\n"
                let large = mail("a", text: String(repeating: line, count: 150_000))
                _ = try await client.send(large)
                #expect(try #require(server.line()).contains("\"size\": 15000000"))
                let larger = await client.failure(mail("a", text: String(repeating: line, count: 250_000)))
                #expect(larger?.code == .mailRejected && larger?.message.contains("20000000") == true)
            }
        }
    }
}
