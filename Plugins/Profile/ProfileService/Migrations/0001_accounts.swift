import Postgres

extension Migration {
    /// Who there is. A removed account keeps its row, without anything of the person, because the ledger refers to it.
    static let accounts = Migration(
        number: 1,
        name: "accounts",
        sql: #"""
            CREATE TABLE accounts (
                id uuid PRIMARY KEY,
                given_name text NOT NULL,
                family_name text NOT NULL,
                email text,
                email_key text UNIQUE,
                email_verified boolean NOT NULL DEFAULT false,
                language text NOT NULL,
                password text,
                wallet_id uuid NOT NULL UNIQUE,
                photo boolean NOT NULL DEFAULT false,
                version bigint NOT NULL DEFAULT 1,
                epoch bigint NOT NULL DEFAULT 1,
                created_at timestamptz NOT NULL DEFAULT now(),
                deleted_at timestamptz,
                CHECK ((email IS NULL) = (email_key IS NULL)),
                CHECK ((email IS NULL) = (deleted_at IS NOT NULL)),
                CHECK (deleted_at IS NULL OR (given_name = '' AND family_name = '' AND password IS NULL AND NOT photo))
            );

            CREATE TABLE identities (
                issuer text NOT NULL,
                subject text NOT NULL,
                account uuid NOT NULL REFERENCES accounts,
                linked_at timestamptz NOT NULL DEFAULT now(),
                PRIMARY KEY (issuer, subject),
                UNIQUE (account, issuer)
            );

            -- Removed accounts whose photo and sessions may still be there.
            CREATE TABLE departures (
                account uuid PRIMARY KEY REFERENCES accounts,
                since timestamptz NOT NULL DEFAULT now()
            );
            """#
    )
}
