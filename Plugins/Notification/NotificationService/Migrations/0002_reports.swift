import Postgres

extension Migration {
    /// What providers report of mails that were sent, and the addresses that mails came back from.
    static let reports = Migration(
        number: 2,
        name: "reports",
        sql: #"""
            -- The newest event of a mail, to show.
            ALTER TABLE mails
                ADD COLUMN event text NOT NULL DEFAULT '',
                ADD COLUMN event_at timestamptz,
                ADD COLUMN event_reason text NOT NULL DEFAULT '';

            -- All of them: one that is reported again is known by its id, for as long as its mail is.
            CREATE TABLE mail_events (
                id text PRIMARY KEY,
                mail uuid NOT NULL REFERENCES mails (id) ON DELETE CASCADE,
                kind text NOT NULL,
                at timestamptz NOT NULL,
                reason text NOT NULL,
                booked_at timestamptz NOT NULL DEFAULT now()
            );
            CREATE INDEX mail_events_by_mail ON mail_events (mail);

            -- Addresses that refused a mail for good; the hash is that of the mail.
            CREATE TABLE suppressions (
                address_hash bytea PRIMARY KEY,
                since timestamptz NOT NULL,
                reason text NOT NULL
            );
            """#
    )
}
