import Postgres

extension Migration {
    /// Cash. A transfer takes an amount from one account of the ledger and gives it to another, so that what is booked
    /// adds up to zero whatever a statement does; its two postings are a view. Balances are kept beside it, and never
    /// fall below zero.
    static let ledger = Migration(
        number: 2,
        name: "ledger",
        sql: #"""
            CREATE TABLE balances (
                client uuid NOT NULL REFERENCES accounts,
                currency text NOT NULL,
                available numeric NOT NULL CHECK (available >= 0),
                held numeric NOT NULL CHECK (held >= 0),
                PRIMARY KEY (client, currency)
            );

            CREATE TABLE holds (
                hold_id text PRIMARY KEY,
                client uuid NOT NULL,
                currency text NOT NULL,
                amount numeric NOT NULL CHECK (amount > 0),
                state text NOT NULL DEFAULT 'held' CHECK (state IN ('held', 'captured', 'released')),
                captured numeric NOT NULL DEFAULT 0,
                created_at timestamptz NOT NULL DEFAULT now(),
                ended_at timestamptz,
                CHECK (captured >= 0 AND captured <= amount),
                CHECK ((state = 'captured') = (captured > 0)),
                FOREIGN KEY (client, currency) REFERENCES balances
            );

            CREATE TABLE transfers (
                number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
                kind text NOT NULL,
                entry_id text NOT NULL,
                client uuid NOT NULL,
                currency text NOT NULL,
                amount numeric NOT NULL CHECK (amount > 0),
                source text NOT NULL,
                target text NOT NULL,
                booked_at timestamptz NOT NULL DEFAULT now(),
                UNIQUE (kind, entry_id),
                CHECK ((kind, source, target) IN (
                    ('deposit', 'funding', 'available'),
                    ('hold', 'available', 'held'),
                    ('capture', 'held', 'market'),
                    ('release', 'held', 'available'),
                    ('credit', 'market', 'available')
                ))
            );
            CREATE INDEX transfers_of_client ON transfers (client, number);

            CREATE VIEW postings AS
                SELECT number, kind, entry_id, client, currency, source AS account, -amount AS amount, booked_at
                FROM transfers
                UNION ALL
                SELECT number, kind, entry_id, client, currency, target, amount, booked_at
                FROM transfers;
            """#
    )
}
