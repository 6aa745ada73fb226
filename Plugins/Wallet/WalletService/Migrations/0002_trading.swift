import Postgres

extension Migration {
    /// Orders, their history, fills, and shares as a double-entry ledger: a transfer takes shares from one account and
    /// gives them to another, so that what is booked adds up to zero. Positions are kept beside it, and never fall
    /// below zero. Events, fills and transfers are only ever added.
    static let trading = Migration(
        number: 2,
        name: "trading",
        sql: #"""
            CREATE TABLE wallets (
                client text PRIMARY KEY,
                id text NOT NULL,
                created_at timestamptz NOT NULL DEFAULT now()
            );

            CREATE TABLE orders (
                id uuid PRIMARY KEY,
                number bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
                client text NOT NULL,
                idempotency_key text NOT NULL,
                fingerprint text NOT NULL,
                symbol text NOT NULL,
                side text NOT NULL CHECK (side IN ('buy', 'sell')),
                type text NOT NULL CHECK (type IN ('market', 'limit')),
                time_in_force text NOT NULL CHECK (time_in_force IN ('day', 'gtc')),
                asked_quantity numeric,
                asked_amount numeric,
                limit_price numeric,
                quantity numeric NOT NULL CHECK (quantity > 0),
                currency text NOT NULL,
                reserve numeric NOT NULL CHECK (reserve >= 0),
                state text NOT NULL CHECK (state IN
                    ('accepted', 'held', 'executing', 'filled', 'cancelled', 'rejected', 'expired')),
                settlement text NOT NULL CHECK (settlement IN ('none', 'owed', 'done')),
                problem text,
                version integer NOT NULL,
                quote_price numeric,
                quote_low numeric,
                quote_high numeric,
                quote_as_of timestamptz,
                quote_source text,
                quote_open boolean,
                expires_at timestamptz,
                -- When somebody else may go on with it.
                attend_at timestamptz NOT NULL,
                attempts integer NOT NULL DEFAULT 0,
                created_at timestamptz NOT NULL DEFAULT now(),
                updated_at timestamptz NOT NULL DEFAULT now(),
                UNIQUE (client, idempotency_key),
                CHECK ((asked_quantity IS NULL) <> (asked_amount IS NULL)),
                CHECK ((type = 'limit') = (limit_price IS NOT NULL)),
                CHECK ((state = 'filled') <= (settlement <> 'none'))
            );
            CREATE INDEX orders_of_client ON orders (client, number DESC);
            CREATE INDEX orders_changed ON orders (client, updated_at);
            CREATE INDEX orders_unfinished ON orders (attend_at) WHERE state IN ('accepted', 'executing')
                OR settlement = 'owed' OR (state = 'held' AND type = 'market');
            CREATE INDEX orders_waiting ON orders (symbol, side, limit_price) WHERE state = 'held' AND type = 'limit';

            CREATE TABLE order_events (
                order_id uuid NOT NULL REFERENCES orders,
                number integer NOT NULL,
                what text NOT NULL,
                problem text NOT NULL,
                at timestamptz NOT NULL DEFAULT now(),
                PRIMARY KEY (order_id, number)
            );

            CREATE TABLE fills (
                order_id uuid PRIMARY KEY REFERENCES orders,
                number bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
                client text NOT NULL,
                symbol text NOT NULL,
                side text NOT NULL,
                currency text NOT NULL,
                quantity numeric NOT NULL CHECK (quantity > 0),
                price numeric NOT NULL CHECK (price > 0),
                fee numeric NOT NULL CHECK (fee >= 0),
                total numeric NOT NULL CHECK (total >= 0),
                explanation text NOT NULL,
                executed_at timestamptz NOT NULL
            );
            CREATE INDEX fills_of_client ON fills (client, number DESC);

            CREATE TABLE positions (
                client text NOT NULL,
                symbol text NOT NULL,
                currency text NOT NULL,
                available numeric NOT NULL CHECK (available >= 0),
                held numeric NOT NULL CHECK (held >= 0),
                cost numeric NOT NULL CHECK (cost >= 0),
                realised numeric NOT NULL,
                PRIMARY KEY (client, symbol)
            );

            CREATE TABLE share_transfers (
                number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
                kind text NOT NULL,
                order_id uuid NOT NULL REFERENCES orders,
                client text NOT NULL,
                symbol text NOT NULL,
                quantity numeric NOT NULL CHECK (quantity > 0),
                source text NOT NULL,
                target text NOT NULL,
                booked_at timestamptz NOT NULL DEFAULT now(),
                UNIQUE (order_id, kind),
                CHECK ((kind, source, target) IN (
                    ('buy', 'market', 'available'),
                    ('hold', 'available', 'held'),
                    ('sell', 'held', 'market'),
                    ('release', 'held', 'available')
                ))
            );
            CREATE INDEX share_transfers_of_position ON share_transfers (client, symbol, number);

            CREATE VIEW share_postings AS
                SELECT number, kind, order_id, client, symbol, source AS account, -quantity AS quantity, booked_at
                FROM share_transfers
                UNION ALL
                SELECT number, kind, order_id, client, symbol, target, quantity, booked_at
                FROM share_transfers;

            CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                RAISE EXCEPTION 'rows of % are only ever added', TG_TABLE_NAME;
            END $$;
            CREATE TRIGGER only_added BEFORE UPDATE OR DELETE OR TRUNCATE ON order_events
                EXECUTE FUNCTION refuse_change();
            CREATE TRIGGER only_added BEFORE UPDATE OR DELETE OR TRUNCATE ON fills
                EXECUTE FUNCTION refuse_change();
            CREATE TRIGGER only_added BEFORE UPDATE OR DELETE OR TRUNCATE ON share_transfers
                EXECUTE FUNCTION refuse_change();
            """#
    )
}
