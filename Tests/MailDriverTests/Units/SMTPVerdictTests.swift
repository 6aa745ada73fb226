import Fetch
import Plugin
import Testing

@testable import SMTPMail

@Suite struct SMTPVerdictTests {
    /// Where in the dialogue an answer came.
    enum Step: Sendable { case hello, mail, recipient, end }

    static func error(_ step: Step, _ code: Int, _ enhanced: String?, _ text: String) -> FetchError {
        let reply = SMTPReply(code: code, enhanced: enhanced.flatMap { EnhancedStatus($0) }, lines: [text])
        let recipient: SMTPReply? =
            switch step {
            case .hello, .mail: nil
            case .recipient: reply
            case .end: SMTPReply(code: 250, lines: ["ok"])
            }
        let recipients = step == .hello ? [] : [SMTPRecipient(address: "a@b.example", reply: recipient)]
        let kind: FetchError.Code = code < 500 ? .mailDeferred : .mailRejected
        return FetchError(kind, "mail.example answers \(code)", reply: reply, recipients: recipients)
    }

    @Test(
        arguments: [
            (Step.recipient, 550, "5.1.1", "no such user", "permanent-recipient"),
            (.recipient, 550, nil, "no such user", "permanent-recipient"),
            (.recipient, 553, "5.1.3", "bad address", "permanent-recipient"),
            (.recipient, 552, "5.2.2", "mailbox full", "permanent-recipient"),
            (.recipient, 550, "5.7.1", "we want no mail from you", "permanent-recipient"),
            (.recipient, 554, "5.7.1", "<a@b.example>: Relay access denied", "driver-fault"),
            (.recipient, 530, "5.7.0", "Authentication required", "driver-fault"),
            (.recipient, 530, nil, "Must issue a STARTTLS command first", "driver-fault"),
            (.recipient, 450, "4.2.1", "busy", "retry"), (.recipient, 452, "4.5.3", "too many recipients", "retry"),
            (.recipient, 421, "4.3.2", "shutting down", "retry"),
            (.mail, 550, "5.7.1", "sender is not allowed", "driver-fault"),
            (.mail, 530, nil, "AUTH first", "driver-fault"),
            (.mail, 553, "5.1.8", "bad sender's domain", "driver-fault"),
            (.mail, 552, "5.3.4", "too big", "permanent-message"),
            (.mail, 452, "4.3.1", "no room", "retry"), (.mail, 421, nil, "bye", "retry"),
            (.end, 554, "5.6.0", "bad content", "permanent-message"), (.end, 550, nil, "spam", "permanent-message"),
            (.end, 554, "5.7.1", "spam", "permanent-message"), (.end, 550, "5.1.1", "nobody", "permanent-recipient"),
            (.end, 451, "4.7.1", "later", "retry"), (.hello, 421, nil, "too many connections", "driver-fault"),
            (.hello, 451, "4.7.0", "Maximum credits exceeded", "driver-fault"),
        ] as [(Step, Int, String?, String, String)]
    )
    func `an answer means what its code and its place say`(
        _ step: Step,
        _ code: Int,
        _ enhanced: String?,
        _ text: String,
        _ label: String
    ) {
        let outcome = SMTPVerdict.outcome(Self.error(step, code, enhanced, text))
        #expect(outcome.label == label, "\(outcome)")
        #expect(outcome.reason?.contains("@") == false)
    }

    @Test(arguments: [
        (FetchError.Code.outcomeUnknown, "unknown-outcome"), (.authenticationFailed, "driver-fault"),
        (.tlsNotOffered, "driver-fault"), (.certificateWrongHost, "driver-fault"), (.connectFailed, "driver-fault"),
        (.connectTimeout, "driver-fault"), (.unresolved, "driver-fault"), (.protocolViolation, "driver-fault"),
        (.connectionLost, "retry"), (.closed, "retry"), (.cancelled, "retry"), (.overloaded, "retry"),
        (.stalled, "retry"), (.deadlineExceeded, "retry"), (.invalidAddress, "permanent-recipient"),
        (.invalidMessage, "permanent-message"), (.mailRejected, "permanent-message"),
    ])
    func `a failure without an answer has its class`(_ code: FetchError.Code, _ label: String) {
        #expect(SMTPVerdict.outcome(FetchError(code, "mail.example: x")).label == label)
    }

    @Test func `of what a server lacks, only SMTPUTF8 is about the recipient`() {
        let address = FetchError(.notOffered, "mail.example takes no addresses beyond ASCII (SMTPUTF8)")
        #expect(SMTPVerdict.outcome(address).label == "permanent-recipient")
        #expect(SMTPVerdict.outcome(FetchError(.notOffered, "only GSSAPI")).label == "driver-fault")
    }

    @Test(arguments: [
        ("Greylisted, please try again in 300 seconds", 300), ("try again in 5 minutes", 300),
        ("retry in 2 hours", 7_200),
        ("come back after 5min", 300), ("blocked for 90s", 90), ("try again in 99999 hours", 14_400),
        ("Greylisted for 300 seconds (see https://example.com/in/5)", 300),
    ])
    func `a server's wait is read`(_ text: String, _ seconds: Int) {
        #expect(RetryHint.wait(in: text) == .seconds(seconds))
        let outcome = SMTPVerdict.outcome(Self.error(.recipient, 451, "4.7.1", text))
        guard case .retry(let after, _) = outcome else {
            Issue.record("\(outcome)")
            return
        }
        #expect(after == .seconds(seconds))
    }

    @Test(arguments: [
        "", "in", "try again later", "in 5", "in 0 seconds", "in five minutes", "in 9999999 s", "in 5 parsecs",
    ])
    func `other words are no wait`(_ text: String) {
        #expect(RetryHint.wait(in: text) == nil)
    }
}
