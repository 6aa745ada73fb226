import Digest
import Foundation
import Observe
import Plugin
import TestServers

@testable import SendGridMail

/// SendGrid's side of its event webhook: a key, and reports signed with it, by openssl(1).
final class HookSigner {
    /// As SendGrid shows it: base64 of the SubjectPublicKeyInfo.
    let publicKey: String
    private let folder: TemporaryFolder

    init(curve: String = "prime256v1") throws {
        folder = try TemporaryFolder()
        let tool = try TestPrograms.path("openssl", package: "openssl")
        try ServerProcess.run([
            tool, "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:\(curve)", "-out", folder.file("key"),
        ])
        try ServerProcess.run([
            tool, "pkey", "-in", folder.file("key"), "-pubout", "-outform", "DER", "-out", folder.file("public"),
        ])
        publicKey = Base64.encode(try Self.bytes(folder.file("public")))
    }

    /// The signature of a timestamp with a body behind it, in base64.
    func sign(_ timestamp: String, _ body: [UInt8]) throws -> String {
        let tool = try TestPrograms.path("openssl", package: "openssl")
        try Data(Array(timestamp.utf8) + body).write(to: URL(fileURLWithPath: folder.file("message")))
        let command = [tool, "dgst", "-sha256", "-sign", folder.file("key"), "-out", folder.file("signature")]
        try ServerProcess.run(command + [folder.file("message")])
        return Base64.encode(try Self.bytes(folder.file("signature")))
    }

    /// A report as SendGrid sends it.
    func report(_ body: String, signedAt: WallTime = .now(), receivedAt: WallTime = .now()) throws -> MailReport {
        let timestamp = "\(signedAt.secondsSinceEpoch)"
        return MailReport(
            fields: [
                SendGridReport.signatureField: [try sign(timestamp, Array(body.utf8))],
                SendGridReport.timestampField: [timestamp],
            ],
            body: Array(body.utf8),
            receivedAt: receivedAt
        )
    }

    private static func bytes(_ path: String) throws -> [UInt8] {
        Array(try Data(contentsOf: URL(fileURLWithPath: path)))
    }
}

extension MailReport {
    /// The same with something changed.
    func with(fields: [String: [String]]? = nil, body: [UInt8]? = nil, receivedAt: WallTime? = nil) -> MailReport {
        MailReport(
            fields: self.fields.merging(fields ?? [:]) { $1 },
            body: body ?? self.body,
            receivedAt: receivedAt ?? self.receivedAt
        )
    }
}
