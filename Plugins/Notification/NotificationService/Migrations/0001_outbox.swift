import Postgres

extension Migration {
    /// `due_at` is when a mail may be taken: the time of its next attempt or, while it is leased, the end of the lease.
    /// One index thus finds both what is due and what a crashed worker left.
    ///
    /// States: 1 queued, 2 sent, 3 dead, 4 expired. Lanes, in the order they are served: 0 codes not yet tried, 1 codes
    /// tried in vain, 2 notices not yet tried, 3 notices tried in vain.
    static let outbox = Migration(
        number: 1,
        name: "outbox",
        sql: #"""
            CREATE TABLE mails (
                id uuid PRIMARY KEY,
                -- The order of acceptance.
                seq bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
                kind text NOT NULL,
                state smallint NOT NULL DEFAULT 1 CHECK (state BETWEEN 1 AND 4),
                lane smallint NOT NULL CHECK (lane BETWEEN 0 AND 3),
                -- Who it is for: a keyed hash to compare, and the address with its middle left out to show.
                recipient_hash bytea NOT NULL,
                recipient text NOT NULL,
                content_hash bytea NOT NULL,
                -- The sealed request; gone once it is sent or over.
                payload bytea,
                key_id integer NOT NULL,
                accepted_at timestamptz NOT NULL DEFAULT now(),
                -- When the schedule began: on acceptance, or when an operator took the mail up again.
                started_at timestamptz NOT NULL DEFAULT now(),
                expires_at timestamptz,
                due_at timestamptz NOT NULL DEFAULT now(),
                lease_owner uuid,
                attempts integer NOT NULL DEFAULT 0,
                last_problem text NOT NULL DEFAULT '',
                driver text NOT NULL DEFAULT '',
                provider_id text NOT NULL DEFAULT '',
                sent_at timestamptz,
                finished_at timestamptz
            ) WITH (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02);

            CREATE UNIQUE INDEX mails_by_acceptance ON mails (seq);
            CREATE INDEX mails_due ON mails (lane, due_at) WHERE state = 1;
            CREATE INDEX mails_queued_by_recipient ON mails (recipient_hash, seq) WHERE state = 1;
            CREATE INDEX mails_to_wipe ON mails (expires_at) WHERE payload IS NOT NULL AND expires_at IS NOT NULL;
            CREATE INDEX mails_dead ON mails (seq) WHERE state = 3;

            -- How many mails an address was sent in the hour and in the day that began with the first of them.
            CREATE TABLE recipients (
                address_hash bytea PRIMARY KEY,
                hour_began timestamptz NOT NULL,
                hour_count integer NOT NULL,
                day_began timestamptz NOT NULL,
                day_count integer NOT NULL
            ) WITH (fillfactor = 80);

            -- At most one row: the key of installations that configure none.
            CREATE TABLE outbox_keys (
                number smallint PRIMARY KEY DEFAULT 1 CHECK (number = 1),
                text text NOT NULL
            );
            """#
    )
}
