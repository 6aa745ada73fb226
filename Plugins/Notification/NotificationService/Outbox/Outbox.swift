import Digest
import Observe
import Plugin
import Postgres
import RPC
import Reactor

/// The table of mails. Every time in it is the database's: replicas need not agree on the hour.
struct Outbox: Sendable {
    /// The channel of NOTIFY.
    static let channel = "mails"

    let database: PostgresClient
    let keys: OutboxKeyStore
    let limits: RecipientLimits

    /// What became of a request.
    enum Acceptance: Hashable, Sendable {
        case accepted
        /// It had been accepted before.
        case known
        /// It is kept, dead: mails to its address came back.
        case suppressed(String)
        /// The id stands for another mail.
        case taken
        /// The address has had too many; the next may come after this.
        case limited(Duration)
    }

    /// Accepts a mail: when this returns, it will be sent or be listed as dead.
    /// - Parameter notifying: whether workers of other processes are told; those of this one are woken by its caller.
    /// - Throws: `PostgresError`.
    func accept(_ mail: OutboxMail, notifying: Bool, by deadline: MonotonicTime?) async throws -> Acceptance {
        let keyring = keys.keyring
        let mailbox = OutboxMail.mailbox(mail.recipient)
        let recipient = Recipient(
            hash: keyring.current.hash("recipient", mailbox),
            all: keyring.hashes("recipient", mailbox).map(Hexadecimal.text)
        )
        // Twice: if another request with this id comes in between, the second look finds its mail.
        for _ in 0..<2 {
            let row = try await insert(mail, recipient, keyring.current, notifying, PostgresCall(deadline: deadline))
            if let suppression = row.suppression { return .suppressed(suppression) }
            if row.isAdded { return .accepted }
            if let known = row.known {
                return keyring.key(known.keyID)?.hash("content", mail.content) == known.hash ? .known : .taken
            }
            if !row.hasRoom { return .limited(try await pause(recipient.hash, PostgresCall(deadline: deadline))) }
        }
        throw RPCError(.aborted, "another request with this id is under way; try again")
    }

    private struct Inserted {
        let known: (hash: [UInt8], keyID: Int32)?
        let hasRoom: Bool
        let isAdded: Bool
        let suppression: String?
    }

    /// Who a mail is for: the hash it is kept under, and those by all keys, in hexadecimal digits.
    private struct Recipient {
        let hash: [UInt8]
        let all: [String]
    }

    /// One statement, so one round trip and one transaction. The row of the recipient is locked by its update: requests
    /// for one address that come at once are counted one after the other.
    private func insert(
        _ mail: OutboxMail,
        _ recipient: Recipient,
        _ key: OutboxKey,
        _ notifying: Bool,
        _ call: PostgresCall
    ) async throws -> Inserted {
        let rows = try await database.query(
            """
            WITH known AS (
                SELECT content_hash, key_id FROM mails WHERE id = \(mail.id)
            ), room AS (
                INSERT INTO recipients AS r (address_hash, hour_began, hour_count, day_began, day_count)
                SELECT \(recipient.hash), now(), 1, now(), 1 WHERE NOT EXISTS (SELECT FROM known)
                ON CONFLICT (address_hash) DO UPDATE SET
                    hour_began = CASE WHEN r.hour_began > now() - interval '1 hour' THEN r.hour_began ELSE now() END,
                    hour_count = CASE WHEN r.hour_began > now() - interval '1 hour' THEN r.hour_count + 1 ELSE 1 END,
                    day_began = CASE WHEN r.day_began > now() - interval '1 day' THEN r.day_began ELSE now() END,
                    day_count = CASE WHEN r.day_began > now() - interval '1 day' THEN r.day_count + 1 ELSE 1 END
                WHERE (r.hour_began <= now() - interval '1 hour' OR r.hour_count < \(limits.perHour))
                    AND (r.day_began <= now() - interval '1 day' OR r.day_count < \(limits.perDay))
                RETURNING 1
            ), stop AS (
                SELECT max(\(unsafeSQL: Self.suppressionText) || CASE WHEN s.reason = '' THEN '' ELSE ': ' || s.reason END)
                    AS problem
                FROM suppressions s
                WHERE s.address_hash IN (SELECT decode(hash, 'hex') FROM unnest(\(recipient.all)) AS hash)
                    AND s.since > now() - \(Self.suppressed.inSeconds) * interval '1 second'
            ), added AS (
                INSERT INTO mails (
                    id, state, last_problem, finished_at, kind, lane, recipient_hash, recipient, content_hash, payload,
                    key_id, expires_at
                )
                SELECT \(mail.id), CASE WHEN problem IS NULL THEN 1 ELSE 3 END, coalesce(problem, ''),
                    CASE WHEN problem IS NOT NULL THEN now() END,
                    \(mail.kind.rawValue), \(mail.kind.urgency.lane(afterAttempts: 0)), \(recipient.hash),
                    \(MaskedAddress.of(mail.recipient.address)), \(key.hash("content", mail.content)),
                    \(key.seal(mail.content, for: mail.id)), \(key.id), \(mail.expiresAt)
                FROM room, stop
                ON CONFLICT (id) DO NOTHING
                RETURNING id
            ), told AS (
                SELECT pg_notify(\(Self.channel), '') FROM added, stop WHERE \(notifying) AND problem IS NULL
            )
            SELECT (SELECT content_hash FROM known), (SELECT key_id FROM known), EXISTS (SELECT FROM room),
                EXISTS (SELECT FROM added), (SELECT problem FROM stop WHERE EXISTS (SELECT FROM added)),
                (SELECT count(*) FROM told)
            """,
            call
        )
        guard let row = rows.first else { throw PostgresError(.decoding, "the outbox did not answer") }
        let (known, keyID, hasRoom, isAdded, suppression) = try row.decode(
            [UInt8]?.self,
            Int32?.self,
            Bool.self,
            Bool.self,
            String?.self
        )
        return Inserted(
            known: known.flatMap { hash in keyID.map { (hash, $0) } },
            hasRoom: hasRoom,
            isAdded: isAdded,
            suppression: suppression
        )
    }

    /// How long until the address may have another mail.
    private func pause(_ hash: [UInt8], _ call: PostgresCall) async throws -> Duration {
        let rows = try await database.query(
            """
            SELECT extract(epoch FROM greatest(
                CASE WHEN hour_count >= \(limits.perHour) THEN hour_began + interval '1 hour' END,
                CASE WHEN day_count >= \(limits.perDay) THEN day_began + interval '1 day' END, now()
            ) - now())::float8 FROM recipients WHERE address_hash = \(hash)
            """,
            call
        )
        return .seconds(try rows.first?.decode(Double.self) ?? 1)
    }
}
