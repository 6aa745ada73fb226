import Observe
import Plugin
import SwiftProtobuf

extension SendGridReport {
    /// What the body says: an array of objects, of which those count that are about delivery and name a mail of ours.
    /// Opens, clicks and what SendGrid may come to report one day are passed over.
    /// - Throws: `malformed` for a body that is no such array.
    func events() throws(MailReportError) -> [MailEvent] {
        guard let items = try? Google_Protobuf_ListValue(jsonUTF8Bytes: report.body) else {
            throw MailReportError(.malformed, "a report is a JSON array of events")
        }
        var events: [MailEvent] = []
        for item in items.values {
            guard case .structValue(let object) = item.kind else {
                throw MailReportError(.malformed, "a report is a JSON array of events")
            }
            if let event = event(object.fields) { events.append(event) }
        }
        return events
    }

    private func event(_ fields: [String: Google_Protobuf_Value]) -> MailEvent? {
        // The custom argument that every mail of ours goes out with; other mails of the account have none.
        guard let mail = Self.text(fields["outbox_id"]), let id = Self.text(fields["sg_event_id"]),
            (1...100).contains(id.utf8.count), let kind = Self.kind(fields)
        else { return nil }
        return MailEvent(id: id, mail: mail, kind: kind, time: time(fields["timestamp"]), reason: Self.reason(fields))
    }

    private static func kind(_ fields: [String: Google_Protobuf_Value]) -> MailEvent.Kind? {
        switch text(fields["event"]) {
        case "processed": .processed
        case "delivered": .delivered
        case "deferred": .deferred
        // Both kinds of bounce come under one name; older settings name the second one by itself.
        case "bounce": text(fields["type"]) == "blocked" ? .blocked : .bounced
        case "blocked": .blocked
        case "dropped": .dropped
        case "spamreport": .complained
        default: nil
        }
    }

    /// The enhanced status code and the words, as far as there are any.
    private static func reason(_ fields: [String: Google_Protobuf_Value]) -> String {
        let words = text(fields["reason"]) ?? text(fields["response"]) ?? ""
        guard let status = text(fields["status"]), !status.isEmpty, !words.contains(status) else { return words }
        return words.isEmpty ? status : "\(status) \(words)"
    }

    private static func text(_ value: Google_Protobuf_Value?) -> String? {
        guard case .stringValue(let text)? = value?.kind else { return nil }
        return text
    }

    /// Seconds since 1970; when it came, for anything else. Never later than that.
    private func time(_ value: Google_Protobuf_Value?) -> WallTime {
        guard case .numberValue(let seconds)? = value?.kind, seconds >= 0, seconds < 4e9 else {
            return report.receivedAt
        }
        return min(report.receivedAt, WallTime(secondsSinceEpoch: Int64(seconds)))
    }
}
