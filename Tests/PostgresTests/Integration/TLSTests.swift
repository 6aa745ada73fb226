import Foundation
import Postgres
import TestServers
import Testing

extension IntegrationTests {
    @Suite
    struct TLSTests {
        private let certificates: Certificates

        init() throws { certificates = try Certificates.shared() }

        private func server(_ kind: Certificates.Kind) throws -> PostgresServer {
            try PostgresServer(listens: true, settings: ["ssl=on"]) { try certificates.install(kind, into: $0) }
        }

        /// The error of a first call, or nil if it works.
        private func refusal(
            _ server: PostgresServer,
            _ mode: PostgresConfiguration.TLSMode,
            host: String = "localhost",
            root: String? = nil
        ) async throws -> PostgresError? {
            let root = root ?? certificates.authority
            return try await withClient(
                server: server,
                {
                    $0.hosts = [.init(host, port: server.port)]
                    $0.tls = mode
                    $0.rootCertificate = root
                }
            ) { client, _ in
                await failure {
                    let rows = try await client.query(
                        "SELECT ssl, version FROM pg_stat_ssl WHERE pid = pg_backend_pid()",
                        .within(.seconds(5))
                    )
                    let (isEncrypted, version) = try rows[0].decode(Bool.self, String.self)
                    #expect(isEncrypted && version.hasPrefix("TLSv1."))
                }
            }
        }

        @Test(.timeLimit(.minutes(1)))
        func theRightCertificateIsAccepted() async throws {
            let server = try server(.good)
            for mode in [PostgresConfiguration.TLSMode.require, .verifyCA, .verifyFull] {
                #expect(try await refusal(server, mode) == nil, "\(mode)")
            }
            #expect(try await refusal(server, .verifyFull, host: "127.0.0.1") == nil, "by its address")
            let missing = try await refusal(server, .verifyFull, root: "/nonexistent/authority.crt")
            #expect(missing?.code == .tls && missing?.description.contains("/nonexistent/authority.crt") == true)
        }

        @Test(.timeLimit(.minutes(1)))
        func anExpiredOneIsRefusedWithItsDate() async throws {
            let server = try server(.expired)
            let day = String(Date(timeIntervalSinceNow: -86_400).ISO8601Format().prefix(10))
            for mode in [PostgresConfiguration.TLSMode.verifyCA, .verifyFull] {
                let error = try await refusal(server, mode)
                #expect(error?.code == .tls)
                let expected = "the server's certificate has expired on \(day)"
                #expect(error?.description.contains(expected) == true, "\(error?.description ?? "accepted")")
            }
            #expect(try await refusal(server, .require) == nil)
        }

        @Test(.timeLimit(.minutes(1)))
        func oneForAnotherHostIsRefusedWithBothNames() async throws {
            let server = try server(.wrong)
            let error = try await refusal(server, .verifyFull)
            #expect(error?.code == .tls)
            let text = error?.description ?? "accepted"
            #expect(text.contains("\"other.example\" does not match host name \"localhost\""), "\(text)")
            #expect(try await refusal(server, .verifyCA) == nil, "which does not look at the name")
        }

        @Test(.timeLimit(.minutes(1)))
        func aSelfSignedOneIsRefused() async throws {
            let server = try server(.selfSigned)
            let error = try await refusal(server, .verifyFull)
            #expect(error?.code == .tls)
            #expect(
                error?.description.contains("certificate is self-signed") == true,
                "\(error?.description ?? "accepted")"
            )
        }

        @Test(.timeLimit(.minutes(1)))
        func oneOfAnUnknownAuthorityIsRefusedWithItsName() async throws {
            let server = try server(.foreign)
            let error = try await refusal(server, .verifyFull)
            #expect(error?.code == .tls)
            let expected = "signed by an authority that is not trusted (stranger)"
            #expect(error?.description.contains(expected) == true, "\(error?.description ?? "accepted")")
        }

        @Test(.timeLimit(.minutes(1)))
        func aServerWithoutTLSIsRefusedWhereTLSIsAskedFor() async throws {
            let server = try PostgresServer(listens: true)
            for mode in [PostgresConfiguration.TLSMode.require, .verifyCA, .verifyFull] {
                let error = try await refusal(server, mode)
                #expect(error?.code == .tls)
                #expect(error?.description.contains("server does not support SSL") == true, "\(mode)")
            }
        }
    }
}
