import Observe
import Postgres
import Reactor

extension Outbox {
    /// Leases mails that are due: codes before notices, and what was tried in vain behind what was not. Of several to one
    /// address one at a time, in the order of acceptance; one that waits for its next attempt does not hold up others.
    /// - Parameters:
    ///   - owner: the worker.
    ///   - most: how many.
    ///   - retries: how many of them may have been tried before.
    ///   - lease: for how long, unless it is renewed.
    func claim(
        _ owner: PostgresUUID,
        most: Int,
        retries: Int,
        lease: Duration
    ) async throws -> [ClaimedMail] {
        let rows = try await database.query(
            """
            WITH lane0 AS (
                \(unsafeSQL: Self.due(lane: 0)) LIMIT \(most) FOR UPDATE OF m SKIP LOCKED
            ), lane1 AS (
                \(unsafeSQL: Self.due(lane: 1))
                LIMIT greatest(0, least(\(retries), \(most) - (SELECT count(*) FROM lane0))) FOR UPDATE OF m SKIP LOCKED
            ), lane2 AS (
                \(unsafeSQL: Self.due(lane: 2))
                LIMIT greatest(0, \(most) - (SELECT count(*) FROM lane0) - (SELECT count(*) FROM lane1))
                FOR UPDATE OF m SKIP LOCKED
            ), lane3 AS (
                \(unsafeSQL: Self.due(lane: 3))
                LIMIT greatest(0, least(
                    \(retries) - (SELECT count(*) FROM lane1),
                    \(most) - (SELECT count(*) FROM lane0) - (SELECT count(*) FROM lane1) - (SELECT count(*) FROM lane2)
                )) FOR UPDATE OF m SKIP LOCKED
            )
            UPDATE mails SET lease_owner = \(owner), due_at = now() + \(lease.inSeconds) * interval '1 second',
                attempts = attempts + 1
            WHERE id = ANY (ARRAY(
                SELECT id FROM lane0 UNION ALL SELECT id FROM lane1
                UNION ALL SELECT id FROM lane2 UNION ALL SELECT id FROM lane3
            ))
            RETURNING id, seq, kind, recipient_hash, attempts, key_id, payload, accepted_at, expires_at,
                extract(epoch FROM now() - started_at)::float8, extract(epoch FROM expires_at - now())::float8
            """
        )
        let now = MonotonicTime.now()
        return try rows.compactMap { row in
            let (id, seq, kind, hash, attempt, keyID, payload, accepted, expiry, age, left) = try row.decode(
                PostgresUUID.self,
                Int64.self,
                String.self,
                [UInt8].self,
                Int32.self,
                Int32.self,
                [UInt8]?.self,
                WallTime.self,
                WallTime?.self,
                Double.self,
                Double?.self
            )
            // A kind of a later build is for a worker of that build; its lease ends by itself.
            guard let kind = MailKind(rawValue: kind) else { return nil }
            return ClaimedMail(
                id: id,
                seq: seq,
                kind: kind,
                recipientHash: hash,
                attempt: Int(attempt),
                keyID: keyID,
                payload: payload ?? [],
                acceptedAt: accepted,
                expiresAt: expiry,
                age: .seconds(age),
                expires: left.map { now.advanced(by: .seconds($0)) }
            )
        }
    }

    /// What is due in a lane, except behind an earlier mail to the same address that is under way or due in this lane too:
    /// another worker may be leasing that one in this moment, which nobody sees yet. The subquery stays one, as LIMIT 1 is in it: a join could be planned by reading all rows.
    private static func due(lane: Int) -> String {
        """
        SELECT m.id FROM mails m
        WHERE m.state = 1 AND m.lane = \(lane) AND m.due_at <= now() AND (m.expires_at IS NULL OR m.expires_at > now())
            AND (
                SELECT true FROM mails e
                WHERE e.state = 1 AND e.recipient_hash = m.recipient_hash AND e.seq < m.seq
                    AND (
                        e.lease_owner IS NOT NULL AND e.due_at > now()
                        OR e.lane = m.lane AND e.due_at <= now() AND (e.expires_at IS NULL OR e.expires_at > now())
                    )
                LIMIT 1
            ) IS NULL
        ORDER BY m.due_at
        """
    }

    /// Leases again what this worker has leased.
    /// - Returns: those that are still its own.
    func renew(_ ids: [PostgresUUID], _ owner: PostgresUUID, lease: Duration) async throws -> Set<PostgresUUID> {
        let rows = try await database.query(
            """
            UPDATE mails SET due_at = now() + \(lease.inSeconds) * interval '1 second'
            WHERE id = ANY (\(ids)) AND lease_owner = \(owner) AND state = 1
            RETURNING id
            """
        )
        return Set(try rows.decode(PostgresUUID.self))
    }
}

extension Duration {
    /// In seconds, with fractions.
    var inSeconds: Double { Double(wholeNanoseconds) / 1e9 }
}
