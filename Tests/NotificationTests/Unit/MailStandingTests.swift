import Observe
import Plugin
import Postgres
import Testing

@testable import NotificationService

@Suite struct MailStandingTests {
    private static let mail = PostgresUUID.random()

    private func event(_ kind: MailEvent.Kind, _ time: Int64, _ reason: String = "") -> (
        mail: PostgresUUID, event: MailEvent
    ) {
        (
            Self.mail,
            MailEvent(id: "\(kind)", mail: "", kind: kind, time: .init(secondsSinceEpoch: time), reason: reason)
        )
    }

    @Test func `the order in which events are told does not matter`() throws {
        let events = [
            event(.processed, 1), event(.deferred, 2), event(.delivered, 3), event(.bounced, 3, "5.1.1 nobody"),
        ]
        for turn in 0..<events.count {
            let standing = try #require(MailStanding.of(Array(events[turn...] + events[..<turn])).first)
            #expect(standing.newest.kind == .bounced, "a server that takes a mail can send it back in the same second")
            #expect(standing.failure == "it came back: 5.1.1 nobody")
            #expect(standing.bounced?.time.secondsSinceEpoch == 3 && standing.deliveredAt?.secondsSinceEpoch == 3)
        }
    }

    @Test(
        arguments: [
            (MailEvent.Kind.processed, nil), (.deferred, nil), (.delivered, nil), (.complained, nil),
            (.bounced, "it came back"),
            (.blocked, "the recipient's server did not take it"), (.dropped, "the provider did not send it on"),
        ] as [(MailEvent.Kind, String?)]
    )
    func `what failed says so`(_ kind: MailEvent.Kind, _ failure: String?) {
        let standing = MailStanding(Self.mail, event(kind, 1).event)
        #expect(standing.failure == failure && (standing.bounced != nil) == (kind == .bounced))
    }

    @Test func `a bounce says more than a drop`() {
        for events in [[event(.dropped, 1), event(.bounced, 2)], [event(.bounced, 2), event(.dropped, 1)]] {
            #expect(MailStanding.of(events).first?.failure == "it came back")
        }
    }

    @Test func `each mail has its own`() {
        let other = PostgresUUID.random()
        let standings = MailStanding.of([event(.delivered, 1), (other, event(.bounced, 1).event)])
        #expect(standings.map(\.mail) == [Self.mail, other] && standings[0].failure == nil)
    }
}
