import Contracts
import Observe
import Postgres
import RPC
import Reactor
import SwiftProtobuf

extension Outbox {
    private static let columns = """
        id, seq, state, attempts, due_at, last_problem, kind, recipient, accepted_at, sent_at, driver, provider_id,
        event, event_at, event_reason
        """

    /// One mail; nil if there is none.
    func delivery(_ id: PostgresUUID, by deadline: MonotonicTime?) async throws -> NotificationDelivery? {
        let rows = try await database.query(
            "SELECT \(unsafeSQL: Self.columns) FROM mails WHERE id = \(id)",
            PostgresCall(deadline: deadline)
        )
        return try rows.first.map { try Self.delivery($0).delivery }
    }

    /// Mails, the newest first, after the one accepted as number `before`.
    func deliveries(
        _ state: MailState?,
        before: Int64?,
        most: Int,
        by deadline: MonotonicTime?
    ) async throws -> [(delivery: NotificationDelivery, seq: Int64)] {
        // The state as text of the statement, so that the index of the dead can be used.
        let filter = state.map { "state = \($0.rawValue)" } ?? "true"
        let rows = try await database.query(
            """
            SELECT \(unsafeSQL: Self.columns) FROM mails
            WHERE \(unsafeSQL: filter) AND seq < \(before ?? .max)
            ORDER BY seq DESC LIMIT \(most)
            """,
            PostgresCall(deadline: deadline)
        )
        return try rows.map(Self.delivery)
    }

    /// Queues a dead mail again, with a new schedule; nil if it is not dead or its content is gone.
    func takeUp(_ id: PostgresUUID, by deadline: MonotonicTime?) async throws -> NotificationDelivery? {
        let rows = try await database.query(
            """
            WITH taken AS (
                UPDATE mails SET state = 1, attempts = 0, due_at = now(), started_at = now(), finished_at = NULL,
                    lane = lane & 2
                WHERE id = \(id) AND state = 3 AND payload IS NOT NULL AND (expires_at IS NULL OR expires_at > now())
                RETURNING \(unsafeSQL: Self.columns), recipient_hash
            ), lifted AS (
                DELETE FROM suppressions WHERE address_hash IN (SELECT recipient_hash FROM taken)
            ), told AS (
                SELECT pg_notify(\(Self.channel), '') FROM taken
            )
            SELECT \(unsafeSQL: Self.columns) FROM taken, (SELECT count(*) FROM told) AS counted
            """,
            PostgresCall(deadline: deadline)
        )
        return try rows.first.map { try Self.delivery($0).delivery }
    }

    private static func delivery(_ row: PostgresRow) throws -> (delivery: NotificationDelivery, seq: Int64) {
        let (
            id, seq, state, attempts, due, problem, kind, recipient, accepted, sent, driver, providerID, event,
            eventTime,
            eventReason
        ) =
            try row.decode(
                PostgresUUID.self,
                Int64.self,
                Int16.self,
                Int32.self,
                WallTime.self,
                String.self,
                String.self,
                String.self,
                WallTime.self,
                WallTime?.self,
                String.self,
                String.self,
                String.self,
                WallTime?.self,
                String.self
            )
        var delivery = NotificationDelivery()
        delivery.id = id.description
        delivery.state = MailState(rawValue: state)?.contract ?? .unspecified
        delivery.attempts = attempts
        if state == MailState.queued.rawValue { delivery.nextAttemptAt = Google_Protobuf_Timestamp(due) }
        delivery.lastProblem = problem
        delivery.kind = kind
        delivery.recipient = recipient
        delivery.acceptedAt = Google_Protobuf_Timestamp(accepted)
        if let sent { delivery.sentAt = Google_Protobuf_Timestamp(sent) }
        delivery.driver = driver
        delivery.providerID = providerID
        delivery.event = event
        if let eventTime { delivery.eventAt = Google_Protobuf_Timestamp(eventTime) }
        delivery.eventReason = eventReason
        return (delivery, seq)
    }
}

extension Google_Protobuf_Timestamp {
    /// The same moment.
    init(_ time: WallTime) {
        self.init()
        seconds = time.secondsSinceEpoch
        nanos = Int32(time.nanosecondsOfSecond)
    }
}
