import Glibc
import Observe
import Reactor
import TestServers
import Testing

@testable import Fetch

/// Against a real Postfix, from a private configuration in a temporary folder.
@Suite(.serialized, .timeLimit(.minutes(2))) struct PostfixTests {
    // Postfix's master gives up root for each of its processes, and so starts as root alone. Where the tests are run for
    // good they are root; elsewhere this one is reported as skipped, with the line below.
    @Test(.enabled(if: getuid() == 0, "Postfix's master starts as root alone, and this is not root"))
    func submits() async throws {
        let certificates = try Certificates.shared()
        let server = try PostfixServer(certificates.files(.good), messageSizeLimit: 1_000_000)
        let held = HeldSteps()
        let group = try held.group(1)
        defer { group.shutdown() }
        var configuration = SMTPClientConfiguration(
            host: "localhost",
            port: server.port,
            credentials: SMTPCredentials(user: PostfixServer.user, secret: Secret(PostfixServer.password))
        )
        configuration.certificateAuthorities = certificates.authority
        let client = SMTPClient(group: group, configuration: configuration)
        let delivery = try await client.send(mail("a", "b", text: "Subject: x\r\n\r\nhello\r\n.\r\n"))
        #expect(delivery.reply.code == 250 && delivery.reply.enhanced == EnhancedStatus(2, 0, 0))
        #expect(delivery.reply.text.contains("queued as"))
        #expect(delivery.recipients.map { $0.reply?.enhanced } == Array(repeating: EnhancedStatus(2, 1, 5), count: 2))
        let later = await client.failure(mail("later"))
        #expect(later?.code == .mailDeferred && later?.reply?.enhanced == EnhancedStatus(4, 2, 1))
        let never = await client.failure(mail("never"))
        #expect(never?.code == .mailRejected && never?.reply?.enhanced == EnhancedStatus(5, 1, 1))
        let some = try await client.send(mail("a", "never", "later", partial: true))
        #expect(some.recipients.map { $0.reply?.code } == [250, 550, 450])
        _ = try await client.send(mail("jörg", text: "Subject: x\r\n\r\ngrüße\r\n"))
        let large = mail("a", text: String(repeating: "0123456789\r\n", count: 100_000))
        let refused = await client.failure(large)
        #expect(refused?.code == .mailRejected)
        let counts = try await client.connectionCounts()
        #expect(counts == [1], "one connection for all")
        client.close()

        configuration.credentials?.secret = Secret("wrong")
        let stranger = SMTPClient(group: group, configuration: configuration)
        let error = await stranger.failure(mail("a"))
        #expect(error?.code == .authenticationFailed && error?.reply?.code == 535)
        configuration.credentials = nil
        let nobody = SMTPClient(group: group, configuration: configuration)
        let relay = await nobody.failure(mail("a"))
        #expect(relay?.code == .mailRejected, "Postfix takes nothing from strangers")
        #expect(held.all.isEmpty)
        withExtendedLifetime(server) {}
    }
}
