import Fetch
import HTTP
import Observe
import Plugin
import Reactor
import Testing

@testable import SendGridMail

/// Every row of the reference's table.
@Suite struct SendGridVerdictTests {
    private let now = WallTime(secondsSinceEpoch: 1_000_000)
    private let monotonic = MonotonicTime(nanoseconds: 5_000_000_000)

    private func outcome(_ status: Int, _ body: String = "", _ fields: HTTPFields = [:]) -> MailOutcome {
        SendGridVerdict.outcome(
            status: status,
            fields: fields,
            body: Array(body.utf8),
            now: now,
            monotonic: monotonic
        )
    }

    private func error(_ message: String, _ field: String?) -> String {
        "{\"errors\":[{\"message\":\"\(message)\",\"field\":\(field.map { "\"\($0)\"" } ?? "null"),\"help\":null}]}"
    }

    @Test func `202 is accepted under the provider's id`() {
        #expect(outcome(202, "", ["x-message-id": "14c5d75ce93"]) == .accepted(providerID: "14c5d75ce93"))
        #expect(outcome(202) == .accepted(providerID: ""))
    }

    @Test(
        arguments: [
            (400, "personalizations.0.to.0.email", "permanent-recipient"),
            (400, "content.0.value", "permanent-message"),
            (400, "subject", "permanent-message"), (400, "from.email", "driver-fault"), (400, "from", "driver-fault"),
            (400, nil, "permanent-message"), (401, nil, "driver-fault"), (403, "from", "driver-fault"),
            (404, nil, "driver-fault"), (405, nil, "driver-fault"), (406, nil, "driver-fault"), (408, nil, "retry"),
            (413, nil, "permanent-message"), (415, nil, "permanent-message"), (500, nil, "retry"), (502, nil, "retry"),
            (503, nil, "retry"), (504, nil, "retry"), (429, nil, "driver-fault"), (200, nil, "driver-fault"),
            (301, nil, "driver-fault"),
        ] as [(Int, String?, String)]
    )
    func `every status is what the table says`(_ status: Int, _ field: String?, _ label: String) {
        let outcome = outcome(status, error("a reason", field))
        #expect(outcome.label == label)
        #expect(outcome.reason?.contains("\(status)") == true && outcome.reason?.contains("a reason") == true)
    }

    @Test func `spent credit is the driver's fault, and its words are kept`() {
        let outcome = outcome(401, error("Maximum credits exceeded", nil))
        #expect(outcome == .driverFault(until: nil, reason: "SendGrid answers 401: Maximum credits exceeded"))
    }

    @Test(arguments: [("1000030", 30), ("1000000", 1), ("5", 1), ("9999999999", 900), ("x", 60), ("", 60), ("-1", 60)])
    func `a limit ends when it says, within a quarter of an hour`(_ reset: String, _ seconds: Int) {
        let outcome = outcome(429, error("too many requests", nil), ["x-ratelimit-reset": reset])
        guard case .driverFault(let until?, _) = outcome else {
            Issue.record("\(outcome)")
            return
        }
        #expect(monotonic.duration(to: until) == .seconds(seconds))
    }

    @Test(arguments: [
        "", "{}", "[]", "null", "{\"errors\":{}}", "{\"errors\":[]}", "{\"errors\":[null]}",
        "{\"errors\":[{\"message\":1}]}",
        "<html>", String(repeating: "[", count: 5_000), "{\"errors\":[{\"message\":\"a\\nb\"}]}",
    ])
    func `a body of any form is survived`(_ body: String) {
        #expect(outcome(400, body).label == "permanent-message")
        #expect(outcome(400, body).reason?.contains("\n") == false)
    }

    @Test func `addresses of an answer are not repeated`() {
        let outcome = outcome(400, error("the address eve@c.example is bad", "personalizations.0.to.0.email"))
        #expect(outcome.reason?.contains("eve") == false)
    }

    @Test(arguments: [
        (FetchError.Code.connectFailed, "retry"), (.unresolved, "retry"), (.connectTimeout, "retry"),
        (.overloaded, "retry"), (.certificateExpired, "driver-fault"), (.tlsFailed, "driver-fault"),
        (.invalidRequest, "driver-fault"), (.stalled, "unknown-outcome"), (.deadlineExceeded, "unknown-outcome"),
        (.connectionLost, "unknown-outcome"), (.cancelled, "unknown-outcome"), (.closed, "unknown-outcome"),
        (.protocolViolation, "unknown-outcome"), (.bodyTooLarge, "unknown-outcome"),
    ])
    func `what went wrong before the request was on its way is no unknown outcome`(
        _ code: FetchError.Code,
        _ label: String
    ) {
        #expect(SendGridVerdict.outcome(FetchError(code, "api: x")).label == label)
    }
}
