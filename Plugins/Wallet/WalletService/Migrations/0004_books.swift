import Postgres

extension Migration {
    /// The market's days, splits and dividends, what happened to a client beside trades, and new accounts.
    ///
    /// Shares come and go by these too: a line of the ledger belongs to an order or to an activity. Activities and
    /// actions are only ever added.
    static let books = Migration(
        number: 4,
        name: "books",
        sql: #"""
            -- The trading days as this wallet saw them begin. A replay that starts again has the same days again.
            CREATE TABLE market_days (
                ordinal integer PRIMARY KEY,
                day date NOT NULL,
                since timestamptz NOT NULL
            );
            CREATE INDEX market_days_since ON market_days (since);

            -- The companies whose splits and dividends of the day have yet to be asked for, or were.
            CREATE TABLE day_symbols (
                ordinal integer NOT NULL REFERENCES market_days,
                symbol text NOT NULL,
                done boolean NOT NULL DEFAULT false,
                -- The close of the day before is known.
                priced boolean NOT NULL DEFAULT false,
                attend_at timestamptz NOT NULL DEFAULT now(),
                PRIMARY KEY (ordinal, symbol)
            );
            CREATE INDEX day_symbols_pending ON day_symbols (ordinal, attend_at) WHERE NOT done;
            CREATE INDEX day_symbols_unpriced ON day_symbols (ordinal, attend_at) WHERE NOT priced;

            -- What was owned at the end of a day closed at this price: as traded, not adjusted.
            CREATE TABLE day_closes (
                ordinal integer NOT NULL REFERENCES market_days,
                symbol text NOT NULL,
                close numeric NOT NULL CHECK (close > 0),
                PRIMARY KEY (ordinal, symbol)
            );

            -- What an account was worth at the end of a day that nothing can be booked on any more.
            CREATE TABLE day_values (
                client text NOT NULL,
                account integer NOT NULL,
                ordinal integer NOT NULL REFERENCES market_days,
                currency text NOT NULL,
                cash numeric NOT NULL,
                holdings numeric NOT NULL,
                flow numeric NOT NULL,
                estimated boolean NOT NULL,
                PRIMARY KEY (client, account, ordinal)
            );

            CREATE TABLE corporate_actions (
                id text PRIMARY KEY,
                ordinal integer NOT NULL REFERENCES market_days,
                symbol text NOT NULL,
                kind text NOT NULL CHECK (kind IN ('split', 'dividend')),
                ex_date date NOT NULL,
                new_shares integer CHECK (new_shares > 0),
                old_shares integer CHECK (old_shares > 0),
                per_share numeric CHECK (per_share > 0),
                currency text,
                recorded_at timestamptz NOT NULL DEFAULT now(),
                CHECK ((kind = 'split') = (new_shares IS NOT NULL AND old_shares IS NOT NULL)),
                CHECK ((kind = 'dividend') = (per_share IS NOT NULL AND currency IS NOT NULL))
            );
            CREATE INDEX corporate_actions_of_day ON corporate_actions (ordinal);

            -- Whom an action concerns, and who it was booked for.
            CREATE TABLE action_clients (
                action_id text NOT NULL REFERENCES corporate_actions,
                client text NOT NULL,
                done boolean NOT NULL DEFAULT false,
                attend_at timestamptz NOT NULL DEFAULT now(),
                PRIMARY KEY (action_id, client)
            );
            CREATE INDEX action_clients_pending ON action_clients (attend_at) WHERE NOT done;

            CREATE TABLE activities (
                id uuid PRIMARY KEY,
                number bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
                client text NOT NULL,
                account integer NOT NULL,
                kind text NOT NULL CHECK (kind IN ('deposit', 'split', 'dividend', 'reset')),
                symbol text,
                action_id text REFERENCES corporate_actions,
                -- What it is of, elsewhere: an entry of profile's ledger.
                source text,
                amount numeric,
                currency text,
                quantity numeric,
                booked_at timestamptz NOT NULL,
                UNIQUE (client, action_id),
                UNIQUE (client, kind, source),
                CHECK ((amount IS NULL) = (currency IS NULL)),
                CHECK ((kind IN ('split', 'dividend')) = (action_id IS NOT NULL AND symbol IS NOT NULL))
            );
            CREATE INDEX activities_of_client ON activities (client, number DESC);

            -- Cash that profile has yet to be told of, under the activity's id.
            CREATE TABLE credits (
                activity_id uuid PRIMARY KEY REFERENCES activities,
                client text NOT NULL,
                amount numeric NOT NULL CHECK (amount > 0),
                currency text NOT NULL,
                done boolean NOT NULL DEFAULT false,
                attend_at timestamptz NOT NULL DEFAULT now()
            );
            CREATE INDEX credits_owed ON credits (attend_at) WHERE NOT done;

            CREATE TABLE resets (
                id uuid PRIMARY KEY,
                client text NOT NULL,
                idempotency_key text NOT NULL,
                -- The account that it ends.
                account integer NOT NULL,
                state text NOT NULL CHECK (state IN ('closing', 'funding', 'done')),
                -- The last fill of the account; known once it is done.
                last_fill bigint,
                begun_at timestamptz NOT NULL DEFAULT now(),
                -- When its shares were booked away: what is later belongs to the next account.
                cleared_at timestamptz,
                ended_at timestamptz,
                attend_at timestamptz NOT NULL DEFAULT now(),
                UNIQUE (client, idempotency_key),
                UNIQUE (client, account)
            );
            CREATE UNIQUE INDEX resets_running ON resets (client) WHERE state <> 'done';

            ALTER TABLE positions ADD COLUMN dividends numeric NOT NULL DEFAULT 0 CHECK (dividends >= 0);

            ALTER TABLE share_transfers ALTER COLUMN order_id DROP NOT NULL,
                ADD COLUMN activity_id uuid REFERENCES activities,
                ADD CHECK ((order_id IS NULL) <> (activity_id IS NULL)),
                ADD UNIQUE (activity_id, symbol, source, target),
                DROP CONSTRAINT share_transfers_quantity_check,
                -- A reset ends what was gained, even where no shares are left.
                ADD CHECK (quantity > 0 OR (kind = 'reset' AND quantity = 0)),
                DROP CONSTRAINT share_transfers_check,
                ADD CONSTRAINT share_transfers_move CHECK ((kind, source, target) IN (
                    ('buy', 'market', 'available'),
                    ('hold', 'available', 'held'),
                    ('sell', 'held', 'market'),
                    ('release', 'held', 'available'),
                    ('split', 'market', 'available'),
                    ('split', 'market', 'held'),
                    ('split', 'available', 'market'),
                    ('split', 'held', 'market'),
                    ('reset', 'available', 'market')
                ));
            CREATE INDEX share_transfers_of_client ON share_transfers (client, booked_at);
            CREATE OR REPLACE VIEW share_postings AS
                SELECT number, kind, order_id, client, symbol, source AS account, -quantity AS quantity, booked_at,
                    activity_id
                FROM share_transfers
                UNION ALL
                SELECT number, kind, order_id, client, symbol, target, quantity, booked_at, activity_id
                FROM share_transfers;

            -- An order whose price is of the day before must not come in after the day has begun: splits and dividends
            -- are booked for who is there then. Nor any order into an account that is being reset. Whoever begins
            -- those takes the same locks alone first.
            CREATE FUNCTION admit_order() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                PERFORM pg_advisory_xact_lock_shared(hashtext('lonja-days'), 0),
                    pg_advisory_xact_lock_shared(hashtext('lonja-client'), hashtext(NEW.client));
                -- A limit is as old as the order, a market order's price as old as it says.
                IF (CASE WHEN NEW.type = 'market' THEN NEW.quote_as_of ELSE NEW.created_at END)
                        < (SELECT since FROM market_days ORDER BY ordinal DESC LIMIT 1)
                    OR EXISTS (SELECT FROM resets WHERE client = NEW.client AND state <> 'done')
                THEN
                    RAISE EXCEPTION 'an order came too late' USING ERRCODE = 'serialization_failure';
                END IF;
                RETURN NEW;
            END $$;
            CREATE TRIGGER admitted BEFORE INSERT ON orders FOR EACH ROW EXECUTE FUNCTION admit_order();

            CREATE TRIGGER only_added BEFORE UPDATE OR DELETE OR TRUNCATE ON corporate_actions
                EXECUTE FUNCTION refuse_change();
            CREATE TRIGGER only_added BEFORE UPDATE OR DELETE OR TRUNCATE ON activities
                EXECUTE FUNCTION refuse_change();
            """#
    )
}
