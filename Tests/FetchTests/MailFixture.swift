import Reactor
import TestServers
import Testing

@testable import Fetch

/// Runs aiosmtpd in a process of its own, and a client of one connection, for as long as `body` runs.
func withMail(
    _ mode: String,
    _ options: [String] = [],
    certificate: Certificates.Kind = .good,
    _ change: (inout SMTPClientConfiguration) -> Void = { _ in },
    _ body: (SMTPClient, ServerProcess, EventLoopGroup) async throws -> Void
) async throws {
    let certificates = try Certificates.shared()
    let server = try ServerProcess.python(
        "FetchTests/Servers/smtp_server.py",
        [mode] + certificates.files(certificate) + options
    )
    let port = try server.port()
    let held = HeldSteps()
    let group = try held.group(1)
    let security: SMTPClientConfiguration.Security =
        mode == "plain" ? .plainToLoopback : mode == "tls" ? .implicitTLS : .startTLS
    var configuration = SMTPClientConfiguration(host: "localhost", port: port, security: security)
    configuration.certificateAuthorities = certificates.authority
    configuration.clientName = "client.example"
    configuration.connections = 1
    change(&configuration)
    let client = SMTPClient(group: group, configuration: configuration)
    let result: Result<Void, any Error>
    do { result = .success(try await body(client, server, group)) } catch { result = .failure(error) }
    client.close()
    let counts = try await client.connectionCounts()
    #expect(counts == [0])
    group.shutdown()
    #expect(held.all.isEmpty, "no loop is held")
    try result.get()
}

func mail(
    _ names: String...,
    text: String = "Subject: x\r\n\r\nhello\r\n",
    partial: Bool = false
) -> SMTPMessage {
    SMTPMessage(
        sender: "from@example.net",
        recipients: names.map { "\($0)@example.org" },
        content: Array(text.utf8),
        allowsPartialDelivery: partial
    )
}

extension SMTPClient {
    /// What a mail fails with; nil when it does not.
    func failure(_ message: SMTPMessage, _ deadline: MonotonicTime? = nil) async -> FetchError? {
        do {
            _ = try await send(message, deadline: deadline)
            return nil
        } catch {
            return error as? FetchError ?? FetchError(.internalError, "an unexpected error: \(error)")
        }
    }
}
