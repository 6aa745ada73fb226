import Observe
import Plugin
import Postgres
import Reactor

extension Outbox {
    /// How long an address that refused a mail for good is sent none: it may come to life again.
    static let suppressed = Duration.seconds(30 * 86_400)

    /// What booking did.
    struct Booking: Sendable {
        /// The events that had an effect.
        var events: [MailEvent] = []
        /// Mails that will not arrive, with the reason.
        var failures: [(mail: PostgresUUID, reason: String)] = []
    }

    /// Books events: each once, those of mails that are not here never. In one transaction, so that a report that was
    /// not booked in full can be sent again.
    ///
    /// Every event proves that the provider has the mail, so one whose attempt had no answer counts as sent and is not
    /// sent again. A bounce stops what else waits for that address, and `accept` sends nothing there for a while.
    func book(_ events: [MailEvent], driver: String, by deadline: MonotonicTime?) async throws -> Booking {
        let ours = events.compactMap { event in PostgresUUID(parsing: event.mail).map { (mail: $0, event: event) } }
        guard !ours.isEmpty else { return Booking() }
        return try await database.withTransaction(PostgresCall(deadline: deadline)) { transaction in
            var booking = Booking()
            let fresh = try await Self.addNew(ours, transaction)
            let standings = MailStanding.of(fresh)
            guard !standings.isEmpty else { return booking }
            try await Self.mark(standings, driver, transaction)
            try await Self.lift(standings, transaction)
            try await Self.suppress(standings.filter { $0.bounced != nil }, transaction)
            booking.events = fresh.map(\.event)
            booking.failures = standings.compactMap { standing in
                standing.failure.map { (standing.mail, $0) }
            }
            return booking
        }
    }

    /// The events that were not known. In the order of their ids, so that two that book the same wait for each other.
    private static func addNew(
        _ events: [(mail: PostgresUUID, event: MailEvent)],
        _ transaction: PostgresTransaction
    ) async throws -> [(mail: PostgresUUID, event: MailEvent)] {
        let rows = try await transaction.query(
            """
            INSERT INTO mail_events (id, mail, kind, at, reason)
            SELECT told.id, told.mail, told.kind, to_timestamp(told.at), told.reason
            FROM unnest(
                \(events.map(\.event.id)), \(events.map(\.mail)), \(events.map(\.event.kind.rawValue)),
                \(events.map { $0.event.time.inSeconds }), \(events.map(\.event.reason))
            ) AS told (id, mail, kind, at, reason)
            JOIN mails ON mails.id = told.mail
            ORDER BY told.id
            ON CONFLICT (id) DO NOTHING
            RETURNING id
            """
        )
        var new: Set<String> = []
        for id in try rows.decode(String.self) { new.insert(id) }
        // One that is twice in a report is new once.
        return events.filter { new.remove($0.event.id) != nil }
    }

    /// Shows the newest event, and moves the mail on: what waits for another attempt is sent, what failed is dead.
    private static func mark(
        _ standings: [MailStanding],
        _ driver: String,
        _ transaction: PostgresTransaction
    ) async throws {
        try await transaction.execute(
            """
            UPDATE mails SET
                event = CASE WHEN told.is_newer THEN told.kind ELSE event END,
                event_reason = CASE WHEN told.is_newer THEN told.reason ELSE event_reason END,
                event_at = greatest(event_at, told.at),
                state = CASE WHEN told.failure <> '' AND state IN (1, 2) THEN 3 WHEN state = 1 THEN 2 ELSE state END,
                lease_owner = CASE WHEN state = 1 THEN NULL ELSE lease_owner END,
                payload = CASE WHEN state = 1 AND told.failure = '' THEN NULL ELSE payload END,
                sent_at = CASE WHEN state = 1 THEN coalesce(sent_at, told.at) ELSE sent_at END,
                driver = CASE WHEN state = 1 THEN \(driver) ELSE driver END,
                finished_at = CASE WHEN state = 1 THEN now() ELSE finished_at END,
                last_problem = CASE WHEN told.failure <> '' THEN told.failure WHEN state = 1 THEN '' ELSE last_problem END
            FROM (
                SELECT given.mail, given.kind, given.reason, given.failure, to_timestamp(given.at) AS at,
                    m.event_at IS NULL OR m.event_at <= to_timestamp(given.at) AS is_newer
                FROM unnest(
                    \(standings.map(\.mail)), \(standings.map(\.newest.kind.rawValue)),
                    \(standings.map { $0.newest.time.inSeconds }), \(standings.map(\.newest.reason)),
                    \(standings.map { $0.failure ?? "" })
                ) AS given (mail, kind, at, reason, failure)
                JOIN mails m ON m.id = given.mail
                ORDER BY m.id FOR UPDATE OF m
            ) AS told
            WHERE mails.id = told.mail
            """
        )
    }

    /// An address that took a mail after it had refused one is alive.
    private static func lift(_ standings: [MailStanding], _ transaction: PostgresTransaction) async throws {
        let delivered = standings.compactMap { standing in standing.deliveredAt.map { (standing.mail, $0.inSeconds) } }
        guard !delivered.isEmpty else { return }
        try await transaction.execute(
            """
            DELETE FROM suppressions USING unnest(\(delivered.map(\.0)), \(delivered.map(\.1))) AS taken (mail, at), mails
            WHERE mails.id = taken.mail AND suppressions.address_hash = mails.recipient_hash
                AND suppressions.since < to_timestamp(taken.at)
            """
        )
    }

    /// Notes addresses that refused a mail for good, and gives up what else waits for them; what is being sent is left
    /// to its worker.
    private static func suppress(_ standings: [MailStanding], _ transaction: PostgresTransaction) async throws {
        guard !standings.isEmpty else { return }
        let hashes = try await transaction.query(
            """
            INSERT INTO suppressions AS s (address_hash, since, reason)
            SELECT DISTINCT ON (mails.recipient_hash) mails.recipient_hash, to_timestamp(told.at), told.reason
            FROM unnest(
                \(standings.map(\.mail)), \(standings.map { $0.bounced?.time.inSeconds ?? 0 }),
                \(standings.map { $0.bounced?.reason ?? "" })
            ) AS told (mail, at, reason)
            JOIN mails ON mails.id = told.mail
            ORDER BY mails.recipient_hash, told.at DESC
            ON CONFLICT (address_hash) DO UPDATE SET
                reason = CASE WHEN s.since <= excluded.since THEN excluded.reason ELSE s.reason END,
                since = greatest(s.since, excluded.since)
            RETURNING encode(address_hash, 'hex')
            """
        ).decode(String.self)
        try await transaction.execute(
            """
            UPDATE mails SET state = 3, lease_owner = NULL, finished_at = now(),
                last_problem = \(unsafeSQL: suppressionText) || CASE WHEN s.reason = '' THEN '' ELSE ': ' || s.reason END
            FROM suppressions s
            WHERE mails.id = ANY (ARRAY(
                    SELECT id FROM mails
                    WHERE recipient_hash IN (SELECT decode(hash, 'hex') FROM unnest(\(hashes)) AS hash)
                        AND state = 1 AND (lease_owner IS NULL OR due_at <= now())
                    ORDER BY id FOR UPDATE
                ))
                AND s.address_hash = mails.recipient_hash
            """
        )
    }

    /// The problem of a mail that is not sent because of an earlier one, as a literal of SQL in a statement with `s`,
    /// the suppression.
    static let suppressionText = "'not sent: a mail to this address came back on ' || to_char(s.since, 'YYYY-MM-DD')"
}

extension WallTime {
    /// Seconds since 1970, with fractions.
    var inSeconds: Double { Double(secondsSinceEpoch) + Double(nanosecondsOfSecond) / 1e9 }
}
