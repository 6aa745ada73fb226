import Postgres

extension Outbox {
    /// How long is kept what was done with a mail.
    static let kept = Duration.seconds(30 * 86_400)

    /// Ends what has expired and wipes it; a mail that is being sent is left to its worker. Some hundreds at once.
    /// - Returns: how many contents are gone.
    func expire() async throws -> Int {
        try await database.execute(
            """
            UPDATE mails SET
                state = CASE WHEN state = 1 THEN 4 ELSE state END,
                finished_at = CASE WHEN state = 1 THEN now() ELSE finished_at END,
                payload = NULL,
                lease_owner = NULL
            WHERE id = ANY (ARRAY(
                SELECT id FROM mails
                WHERE payload IS NOT NULL AND expires_at <= now()
                    AND NOT (state = 1 AND lease_owner IS NOT NULL AND due_at > now())
                ORDER BY expires_at LIMIT 500 FOR UPDATE SKIP LOCKED
            ))
            """
        )
    }

    /// Removes what is older than it is kept, with whatever content is left. Some thousands at once.
    /// - Returns: how many mails were removed.
    func clean() async throws -> Int {
        try await database.execute(
            """
            DELETE FROM recipients WHERE address_hash = ANY (ARRAY(
                SELECT address_hash FROM recipients WHERE day_began < now() - interval '1 day' LIMIT 5000
                FOR UPDATE SKIP LOCKED
            ))
            """
        )
        try await database.execute(
            "DELETE FROM suppressions WHERE since < now() - \(Self.suppressed.inSeconds) * interval '1 second'"
        )
        return try await database.execute(
            """
            DELETE FROM mails WHERE id = ANY (ARRAY(
                SELECT id FROM mails
                WHERE seq IN (SELECT seq FROM mails ORDER BY seq LIMIT 5000)
                    AND state <> 1 AND finished_at < now() - \(Self.kept.inSeconds) * interval '1 second'
                FOR UPDATE SKIP LOCKED
            ))
            """
        )
    }

    /// Makes due what waits for another attempt.
    /// - Returns: how many mails.
    func hasten() async throws -> Int {
        try await database.execute(
            """
            UPDATE mails SET due_at = now()
            WHERE id = ANY (ARRAY(
                SELECT id FROM mails
                WHERE state = 1 AND lane IN (1, 3) AND due_at > now() AND lease_owner IS NULL
                FOR UPDATE SKIP LOCKED
            ))
            """
        )
    }

    /// How full it is.
    struct Depth: Hashable, Sendable {
        /// Waiting, due or not.
        let queued: Int
        /// Under way.
        let leased: Int
        /// Given up.
        let dead: Int
        /// How long the oldest that is due has been; nil if none is.
        let oldestDue: Duration?
    }

    /// Counts what is queued and dead; through indexes that hold nothing else.
    func depth() async throws -> Depth {
        let rows = try await database.query(
            """
            SELECT count(*) FILTER (WHERE NOT leased), count(*) FILTER (WHERE leased),
                (SELECT count(*) FROM mails WHERE state = 3),
                extract(epoch FROM now() - min(due_at) FILTER (WHERE NOT leased AND due_at <= now()))::float8
            FROM (SELECT due_at, lease_owner IS NOT NULL AND due_at > now() AS leased FROM mails WHERE state = 1) AS queue
            """
        )
        guard let row = rows.first else { throw PostgresError(.decoding, "the outbox did not answer") }
        let (queued, leased, dead, oldest) = try row.decode(Int.self, Int.self, Int.self, Double?.self)
        return Depth(queued: queued, leased: leased, dead: dead, oldestDue: oldest.map { .seconds($0) })
    }
}
