import Digest
import Observe
import Plugin

/// One call of SendGrid's signed event webhook: proves that it is SendGrid's, and of now. A value without I/O or clock.
struct SendGridReport {
    static let signatureField = "x-twilio-email-event-webhook-signature"
    static let timestampField = "x-twilio-email-event-webhook-timestamp"
    /// How far the signed time may be from ours, either way. SendGrid promises none; whoever sends an old report again
    /// after that is refused, and before that says nothing new, as each event counts once.
    static let window = Duration.seconds(300)
    /// Bytes of a body. SendGrid collects events up to some 768 KB.
    static let largest = 1 << 20

    let report: MailReport

    /// - Throws: `unsigned`, `stale`, `forged`, `malformed`.
    func check(_ key: SendGridHookKey) throws(MailReportError) {
        guard report.body.count <= Self.largest else {
            throw MailReportError(.malformed, "a report has at most \(Self.largest) bytes")
        }
        guard let timestamp = report.only(Self.timestampField), let signature = report.only(Self.signatureField) else {
            throw MailReportError(
                .unsigned,
                "a report has \(Self.timestampField) and \(Self.signatureField), once each"
            )
        }
        guard let time = Self.time(timestamp), let signature = Base64.decode(signature.utf8, mayBePadded: true) else {
            throw MailReportError(.forged, "the signature or its time is none")
        }
        // The signature first: what time a forger names is nobody's business.
        guard key.isValid(signature, timestamp: timestamp, body: report.body) else {
            throw MailReportError(.forged, "the signature does not fit the report")
        }
        let age = time.duration(to: report.receivedAt)
        guard age <= Self.window, age >= .zero - Self.window else {
            throw MailReportError(
                .stale,
                "the report was signed more than \(Self.window.components.seconds) s from now"
            )
        }
    }

    /// Seconds since 1970, in digits alone.
    private static func time(_ text: String) -> WallTime? {
        guard (1...12).contains(text.utf8.count), text.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            let seconds = Int64(text)
        else { return nil }
        return WallTime(secondsSinceEpoch: seconds)
    }
}
