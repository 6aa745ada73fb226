import Digest
import MailerCompatibility
import Observe
import Plugin
import Reactor
import TestServers
import Testing

@testable import OutboxMail
@testable import SMTPMail
@testable import SendGridMail

/// Attack 29: SendGrid's signed event webhook, and who pretends to be it.
@Suite(.serialized, .timeLimit(.minutes(2))) struct SendGridReportTests {
    private static let mail = "6b1f1c9e-3c55-4b0b-9c40-0d6f6e3b7a11"
    private static let body =
        #"[{"event":"delivered","sg_event_id":"e1","outbox_id":"\#(mail)","timestamp":1700000000}]"#

    /// The code that a report is refused with; nil if it is believed.
    private func refusal(_ report: MailReport, _ signer: HookSigner) async throws -> MailReportError.Code? {
        try await with([SendGridSettings.hookKeyKey: signer.publicKey]) { mailer in
            do {
                _ = try await mailer.events(in: report)
                return nil
            } catch let error as MailReportError {
                return error.code
            }
        }
    }

    private func with<Result: Sendable>(
        _ values: [String: String],
        _ body: (SendGridMailer) async throws -> Result
    ) async throws -> Result {
        let loops = try EventLoopGroup(count: 1)
        defer { loops.shutdown() }
        let all = [SendGridSettings.keyKey: "SG.x", SendGridSettings.urlKey: "http://127.0.0.1:1"].merging(values) {
            $1
        }
        return try await body(try SendGridMailer(context: .test(SendGridMailer.settings, all, loops: loops)))
    }

    @Test func `what SendGrid signed is believed`() async throws {
        let signer = try HookSigner()
        let report = try signer.report(Self.body)
        let events = try await with([SendGridSettings.hookKeyKey: signer.publicKey]) { try await $0.events(in: report) }
        #expect(events.map(\.id) == ["e1"] && events.first?.mail == Self.mail && events.first?.kind == .delivered)
        #expect(events.first?.time == WallTime(secondsSinceEpoch: 1_700_000_000))
    }

    @Test func `attack 29: no signature, no time, or two of them`() async throws {
        let signer = try HookSigner()
        let report = try signer.report(Self.body)
        for field in [SendGridReport.signatureField, SendGridReport.timestampField] {
            let value = try #require(report.only(field))
            for values in [[], [value, value]] {
                #expect(try await refusal(report.with(fields: [field: values]), signer) == .unsigned)
            }
        }
    }

    @Test func `attack 29: a forged signature`() async throws {
        let (signer, other) = (try HookSigner(), try HookSigner())
        let report = try signer.report(Self.body)
        let text = try #require(report.only(SendGridReport.signatureField))
        let signature = try #require(Base64.decode(Array(text.utf8), mayBePadded: true))
        var flipped = signature
        flipped[signature.count - 1] ^= 1
        let others = try other.report(Self.body)
        let forged = [
            others.only(SendGridReport.signatureField) ?? "", Base64.encode(flipped),
            Base64.encode(signature + [0]), Base64.encode(Array(signature.dropLast())), "", "AAAA", "not base64!",
            // r = 0 and s = 0, and r = s = 1, in DER.
            Base64.encode([0x30, 6, 2, 1, 0, 2, 1, 0]), Base64.encode([0x30, 6, 2, 1, 1, 2, 1, 1]),
        ]
        for text in forged {
            #expect(
                try await refusal(report.with(fields: [SendGridReport.signatureField: [text]]), signer) == .forged,
                "\(text)"
            )
        }
    }

    @Test func `attack 29: an altered byte, anywhere`() async throws {
        let signer = try HookSigner()
        let report = try signer.report(Self.body)
        for index in stride(from: 0, to: report.body.count, by: 7) {
            var body = report.body
            body[index] ^= 1
            #expect(try await refusal(report.with(body: body), signer) == .forged, "\(index)")
        }
        #expect(try await refusal(report.with(body: report.body + [0x20]), signer) == .forged)
        #expect(try await refusal(report.with(body: []), signer) == .forged)
        // The time is signed too, and cannot be moved into the body or out of it.
        let time = try #require(report.only(SendGridReport.timestampField))
        for text in ["\(Int(time)! + 1)", "0" + time, " " + time, "+" + time, String(time.dropLast()), ""] {
            #expect(
                try await refusal(report.with(fields: [SendGridReport.timestampField: [text]]), signer) == .forged,
                "\(text)"
            )
        }
    }

    @Test func `attack 29: an old report sent again`() async throws {
        let signer = try HookSigner()
        let report = try signer.report(Self.body)
        let signed = WallTime(secondsSinceEpoch: report.receivedAt.secondsSinceEpoch)
        for (seconds, code) in [(0, nil), (299, nil), (302, .stale), (86_400, .stale), (-299, nil), (-302, .stale)]
            as [(Int, MailReportError.Code?)]
        {
            let later = report.with(receivedAt: signed.advanced(by: .seconds(seconds)))
            #expect(try await refusal(later, signer) == code, "\(seconds)")
        }
        let small = try signer.report(Self.body, signedAt: WallTime(secondsSinceEpoch: 0))
        #expect(try await refusal(small, signer) == .stale)
    }

    @Test func `attack 29: oversized, or signed and no events`() async throws {
        let signer = try HookSigner()
        let most = "[" + String(repeating: " ", count: SendGridReport.largest - 2) + "]"
        #expect(try await refusal(try signer.report(most), signer) == nil)
        #expect(try await refusal(try signer.report(most + " "), signer) == .malformed)
        let deep = String(repeating: "[", count: 10_000) + String(repeating: "]", count: 10_000)
        for text in ["", "{}", "null", "[1]", "[[]]", "[{]", "nonsense", "[{\"event\":\"\u{0}\"}]", deep] {
            #expect(try await refusal(try signer.report(text), signer) == .malformed, "\(text.prefix(20))")
        }
    }

    @Test func `attack 29: without a key there is no such thing`() async throws {
        let signer = try HookSigner()
        let report = try signer.report(Self.body)
        let error = await #expect(throws: MailReportError.self) {
            try await with([:]) { try await $0.events(in: report) }
        }
        #expect(error?.code == .closed)
        for driver in [SMTPMailer.self, OutboxMailer.self] as [any Mailer.Type] {
            let loops = try EventLoopGroup(count: 1)
            defer { loops.shutdown() }
            let folder = try TemporaryFolder()
            let values = ["notification.mail.smtp.host": "127.0.0.1", "notification.mail.outbox.folder": folder.path]
            let mailer = try driver.init(context: .test(driver.settings, values, loops: loops))
            let error = await #expect(throws: MailReportError.self) { _ = try await mailer.events(in: report) }
            #expect(error?.code == .closed, "\(driver)")
        }
    }

    @Test(arguments: ["x", "AAAA", "-----BEGIN PUBLIC KEY-----"]) func `a key that is none stops the driver`(
        _ key: String
    ) async throws {
        let error = await #expect(throws: SendGridSettings.Invalid.self) {
            try await with([SendGridSettings.hookKeyKey: key]) { _ in }
        }
        #expect(error?.description.contains("notification.mail.sendgrid.webhookKey is no public key on P-256") == true)
    }

    @Test func `a key of another curve is none`() throws {
        #expect(SendGridHookKey(try HookSigner(curve: "secp384r1").publicKey) == nil)
        #expect(SendGridHookKey(try HookSigner(curve: "secp256k1").publicKey) == nil)
        #expect(SendGridHookKey(try HookSigner().publicKey) != nil)
    }
}
