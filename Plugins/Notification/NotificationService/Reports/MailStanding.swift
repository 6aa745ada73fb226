import Observe
import Plugin
import Postgres

/// What new events of one mail come to. A value: the order in which they are told is of no importance.
struct MailStanding: Sendable, Equatable {
    let mail: PostgresUUID
    /// The newest, to show; of two of one time, the one that is further on the way.
    private(set) var newest: MailEvent
    /// Why the mail will not arrive; nil if it may. `last_problem` of the mail.
    private(set) var failure: String?
    /// The recipient's address refused it for good, at that time.
    private(set) var bounced: MailEvent?
    /// The recipient's server took it, at that time.
    private(set) var deliveredAt: WallTime?

    /// Begins with one event.
    init(_ mail: PostgresUUID, _ event: MailEvent) {
        self.mail = mail
        newest = event
        add(event)
    }

    /// Counts an event in. Each of them proves that the provider has had the mail.
    mutating func add(_ event: MailEvent) {
        if (newest.time, Self.rank(newest.kind)) < (event.time, Self.rank(event.kind)) { newest = event }
        switch event.kind {
        case .processed, .deferred, .complained: break
        case .delivered: deliveredAt = max(deliveredAt ?? event.time, event.time)
        case .bounced:
            failure = Self.line("it came back", event.reason)
            if bounced.map({ $0.time < event.time }) ?? true { bounced = event }
        case .blocked: failure = failure ?? Self.line("the recipient's server did not take it", event.reason)
        case .dropped: failure = failure ?? Self.line("the provider did not send it on", event.reason)
        }
    }

    /// By mail.
    static func of(_ events: [(mail: PostgresUUID, event: MailEvent)]) -> [MailStanding] {
        var order: [PostgresUUID] = []
        var standings: [PostgresUUID: MailStanding] = [:]
        for (mail, event) in events {
            if standings[mail]?.add(event) == nil {
                standings[mail] = MailStanding(mail, event)
                order.append(mail)
            }
        }
        return order.compactMap { standings[$0] }
    }

    private static func line(_ what: String, _ reason: String) -> String {
        reason.isEmpty ? what : "\(what): \(reason)"
    }

    private static func rank(_ kind: MailEvent.Kind) -> Int {
        switch kind {
        case .processed: 0
        case .deferred: 1
        case .delivered: 2
        case .dropped, .blocked, .bounced: 3
        case .complained: 4
        }
    }
}
