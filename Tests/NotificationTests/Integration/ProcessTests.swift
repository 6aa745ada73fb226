import Contracts
import Foundation
import Glibc
import Postgres
import RPC
import Reactor
import TestServers
import Testing

@testable import NotificationService

/// The plugin in real processes, with the real driver that writes files, a real database, and kill -9.
@Suite(.serialized) struct ProcessTests {
    /// One installation: a folder for files and sockets, a database, processes that come and go.
    private final class Installation {
        let outbox: OutboxFixture
        let folder: String
        let variables: [String: String]
        let client: NotificationClient
        let channel: RPCChannel
        private var process: LonjaProcess?

        init(_ outbox: OutboxFixture) throws {
            self.outbox = outbox
            folder = outbox.server.folder + "/" + outbox.scriptName
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            variables = [
                "LONJA_PLUGIN": "notification", "LONJA_STATE": folder, "LONJA_RPC_LISTEN": "unix:\(folder)/rpc",
                "LONJA_ADMIN_LISTEN": "127.0.0.1:0", "LONJA_HTTP_LISTEN": "127.0.0.1:0", "LONJA_HOST_LOOPS": "1",
                "LONJA_NOTIFICATION_POSTGRES_HOST": outbox.server.folder,
                "LONJA_NOTIFICATION_POSTGRES_USER": "postgres",
                "LONJA_NOTIFICATION_POSTGRES_DATABASE": outbox.scriptName,
                "LONJA_NOTIFICATION_LEASE": "2s", "LONJA_NOTIFICATION_MAIL_OUTBOX_KEEP": "100000",
                "LONJA_NOTIFICATION_OUTBOX_KEY": OutboxFixture.secret,
                "LONJA_PUBLIC_URL": "https://lonja.example",
            ]
            let target = try #require(RPCTarget("unix:\(folder)/rpc"))
            channel = RPCChannel(target, group: outbox.group)
            let peer = RPCPeer(name: "notification")
            peer.bind(remote: channel)
            client = NotificationClient(peer)
        }

        func start() throws {
            unlink("\(folder)/rpc")
            process = try LonjaProcess(["serve"], variables, log: "\(folder)/log")
        }

        func kill(_ signal: Int32 = SIGKILL) {
            process?.kill(signal)
            process = nil
        }

        var log: String { (try? String(contentsOfFile: "\(folder)/log", encoding: .utf8)) ?? "" }

        /// The message ids of what was written.
        var written: [String] {
            let names = (try? FileManager.default.contentsOfDirectory(atPath: "\(folder)/outbox")) ?? []
            return names.filter { $0.hasSuffix(".eml") }.compactMap { name in
                let text = (try? String(contentsOfFile: "\(folder)/outbox/\(name)", encoding: .utf8)) ?? ""
                return text.split(whereSeparator: \.isNewline).first { $0.hasPrefix("Message-ID:") }.map(String.init)
            }
        }

        /// Sends until it is accepted, as auth does: the id makes that safe.
        func send(_ request: NotificationSendMailRequest) async throws {
            for _ in 0..<600 {
                do {
                    _ = try await client.sendMail(request, .root(timeout: .seconds(2)))
                    return
                } catch {
                    let loop = outbox.group.loops[1]
                    try await loop.run { try await loop.sleep(for: .milliseconds(50)) }
                }
            }
            throw LonjaProcess.Failure(description: "never accepted: \(log)")
        }
    }

    private func withInstallation(_ body: (Installation) async throws -> Void) async throws {
        try await withOutbox { outbox in
            let installation = try Installation(outbox)
            do {
                try installation.start()
                try await body(installation)
            } catch {
                installation.kill()
                throw error
            }
            installation.channel.close()
            installation.kill()
        }
    }

    @Test func killedProcessesLoseNothing() async throws {
        try await withInstallation { installation in
            let total = 400
            var requests: [NotificationSendMailRequest] = []
            for index in 0..<total {
                requests.append(
                    OutboxFixture.request(OutboxFixture.id(), to: "user\(index)@example.com", OutboxFixture.verify())
                )
            }
            for (index, request) in requests.enumerated() {
                try await installation.send(request)
                if [60, 150, 230, 310].contains(index) {
                    installation.kill()
                    try installation.start()
                }
            }
            try await installation.outbox.until(total, "state = 2", within: .seconds(60))
            let written = installation.written
            #expect(Set(written).count == total && written.count == total, "\(written.count) files")
            #expect(Set(written) == Set(requests.map { "Message-ID: <\($0.id)@lonja.localhost>" }))
            let again = try await installation.outbox.count("attempts > 1")
            print(
                "4 kills, \(total) mails: all sent; \(again) were leased again, and may have gone out twice"
            )
            #expect(again <= 4 * 64)
        }
    }

    @Test func theOperatorsCommand() async throws {
        try await withInstallation { installation in
            let request = OutboxFixture.request(OutboxFixture.id(), to: "ana.lopez@example.com", OutboxFixture.verify())
            try await installation.send(request)
            try await installation.outbox.until(1, "state = 2")
            let address = ["--address", "unix:\(installation.folder)/rpc"]
            let list = try LonjaProcess.run(["mails"] + address)
            #expect(list.code == 0, "\(list.errors)")
            let fields = list.output.split(separator: "\n").first?.split(separator: "\t").map(String.init) ?? []
            #expect(fields.prefix(5) == [request.id, "sent", "1", "verify-email", "a…z@example.com"])
            #expect(fields.dropFirst(5).first?.hasPrefix("outbox/") == true)

            let variable = ["LONJA_ADDRESS_NOTIFICATION": "unix:\(installation.folder)/rpc"]
            let dead = try LonjaProcess.run(["mails", "--state", "dead"], variable)
            #expect(dead.code == 0 && dead.output.isEmpty)
            try await installation.outbox.database.execute(
                """
                INSERT INTO mails (id, kind, lane, state, recipient_hash, recipient, content_hash, payload, key_id)
                SELECT gen_random_uuid(), 'password-changed', 3, 3, recipient_hash, recipient, '', '\\x00', key_id FROM mails
                """
            )
            let listed = try LonjaProcess.run(["mails", "--state", "dead"], variable)
            let id = String(listed.output.split(separator: "\t").first ?? "")
            let retried = try LonjaProcess.run(["mails", "retry", id], variable)
            #expect(retried.code == 0 && retried.output.contains("\tqueued\t0\t"), "\(retried.errors)")
            let refused = try LonjaProcess.run(["mails", "retry", request.id], variable)
            #expect(refused.code == 64 && refused.errors.contains("not dead"), "\(refused.errors)")

            let preview = try LonjaProcess.run(["mails", "preview", "reset-password", "--language", "es"], variable)
            #expect(
                preview.code == 0
                    && preview.output.hasPrefix("Subject: Elige una contraseña nueva\n\nHola, Ana García:")
            )
            #expect(preview.output.contains("https://lonja.example/reset-password?token=preview"))
            let html = try LonjaProcess.run(["mails", "preview", "verify-email", "--html"], variable)
            #expect(html.output.hasPrefix("<!DOCTYPE html>"))
            let wrong = try LonjaProcess.run(["mails", "preview", "newsletter"], variable)
            #expect(wrong.code == 64 && wrong.errors.contains("password-changed"))
            let nowhere = try LonjaProcess.run(["mails", "--address", "unix:\(installation.folder)/none"])
            #expect(nowhere.code == 69)
            let nonsense = try LonjaProcess.run(["mails", "--address", "not an address"])
            #expect(nonsense.code == 64)
        }
    }

    @Test func aRequestToStopIsObeyed() async throws {
        try await withInstallation { installation in
            for index in 0..<50 { try await installation.send(OutboxFixture.request(to: "user\(index)@example.com")) }
            installation.kill(SIGTERM)
            #expect(try await installation.outbox.count("lease_owner IS NOT NULL") == 0, "nothing is left leased")
            #expect(installation.log.contains("stopped"))
            for secret in ["user1@", "ABCD2345", OutboxFixture.secret] { #expect(!installation.log.contains(secret)) }
        }
    }

    @Test func withoutADatabaseItDoesNotStart() throws {
        let outcome = try LonjaProcess.run(
            ["serve"],
            [
                "LONJA_PLUGIN": "notification", "LONJA_RPC_LISTEN": "127.0.0.1:0", "LONJA_ADMIN_LISTEN": "127.0.0.1:0",
                "LONJA_HTTP_LISTEN": "127.0.0.1:0",
            ]
        )
        #expect(outcome.code == 78)
        #expect(outcome.errors.contains("notification.postgres.host"))
        #expect(outcome.errors.split(separator: "\n").count == 1, "\(outcome.errors)")
    }

    @Test(arguments: [
        ("LONJA_NOTIFICATION_SENDER", "nobody", "notification.sender"),
        ("LONJA_NOTIFICATION_OUTBOX_KEY", "tooshort", "notification.outbox.key"),
        ("LONJA_PUBLIC_URL", "ftp://x", "LONJA_PUBLIC_URL"),
    ])
    func wrongSettingsAreRefused(_ variable: String, _ value: String, _ named: String) throws {
        let outcome = try LonjaProcess.run(
            ["serve"],
            [
                "LONJA_PLUGIN": "notification", "LONJA_RPC_LISTEN": "127.0.0.1:0", "LONJA_ADMIN_LISTEN": "127.0.0.1:0",
                "LONJA_HTTP_LISTEN": "127.0.0.1:0", "LONJA_NOTIFICATION_POSTGRES_HOST": "/nowhere", variable: value,
            ]
        )
        #expect(outcome.code == 78)
        #expect(outcome.errors.contains(named), "\(outcome.errors)")
        #expect(!outcome.errors.contains("tooshort"))
    }
}
