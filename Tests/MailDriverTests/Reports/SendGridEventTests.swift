import Observe
import Plugin
import Testing

@testable import SendGridMail

/// What the events of SendGrid's webhook mean, in the form that its documentation shows.
@Suite struct SendGridEventTests {
    private static let now = WallTime(secondsSinceEpoch: 1_800_000_000)

    private func events(_ items: String...) throws -> [MailEvent] {
        let body = "[\(items.joined(separator: ","))]"
        return try SendGridReport(report: MailReport(fields: [:], body: Array(body.utf8), receivedAt: Self.now))
            .events()
    }

    private func item(_ event: String, _ more: String = "", id: String = "e", mail: String = #","outbox_id":"m""#)
        -> String
    {
        #"{"email":"ana@example.com","timestamp":1799999990,"event":"\#(event)","sg_event_id":"\#(id)"\#(mail)\#(more)}"#
    }

    @Test func `every kind of delivery event is read`() throws {
        let read = try events(
            item("processed"),
            item("delivered", #","response":"250 OK""#),
            item("deferred", #","response":"451 4.3.0 try later","attempt":"5""#),
            item("bounce", #","type":"bounce","status":"5.1.1","reason":"550 no such user""#),
            item("bounce", #","type":"blocked","status":"4.7.0","reason":"421 4.7.0 slow down""#),
            item("blocked"),
            item("dropped", #","reason":"Bounced Address""#),
            item("spamreport")
        )
        #expect(
            read.map(\.kind) == [
                .processed, .delivered, .deferred, .bounced, .blocked, .blocked, .dropped, .complained,
            ]
        )
        #expect(
            read.map(\.reason) == [
                "", "250 OK", "451 4.3.0 try later", "5.1.1 550 no such user", "421 4.7.0 slow down", "",
                "Bounced Address", "",
            ]
        )
        #expect(read.allSatisfy { $0.mail == "m" && $0.id == "e" && $0.time.secondsSinceEpoch == 1_799_999_990 })
    }

    @Test func `what is of no mail of ours, or no event of delivery, is passed over`() throws {
        #expect(
            try events(
                item("open"),
                item("click"),
                item("unsubscribe"),
                item("group_resubscribe"),
                item(""),
                item("delivered", mail: ""),
                item("delivered", mail: #","outbox_id":7"#),
                item("delivered", id: ""),
                item("delivered", id: String(repeating: "x", count: 101)),
                #"{"event":["delivered"]}"#,
                "{}"
            ).isEmpty
        )
    }

    @Test(arguments: ["1900000000", "\"1799999990\"", "-5", "1e300", "null"]) func `a time that cannot be is now`(
        _ time: String
    ) throws {
        let read = try events(#"{"timestamp":\#(time),"event":"delivered","sg_event_id":"e","outbox_id":"m"}"#)
        #expect(read.map(\.time) == [Self.now])
    }

    @Test func `words of others are made safe`() throws {
        let long = String(repeating: "x ", count: 5000)
        let read = try events(item("bounce", #","reason":"a\r\n\u0000\u001b[31m ana@example.com \#(long)""#))
        let reason = try #require(read.first?.reason)
        #expect(reason.count <= 200 && !reason.contains("@") && reason.unicodeScalars.allSatisfy { $0.value >= 0x20 })
    }
}
