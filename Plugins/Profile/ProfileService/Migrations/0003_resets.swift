import Postgres

extension Migration {
    /// Cash that is brought to what a client begins with: by an entry that gives or takes the difference, which may be
    /// nothing. That it was done is known by its id.
    static let resets = Migration(
        number: 3,
        name: "resets",
        sql: #"""
            CREATE TABLE cash_resets (
                entry_id text PRIMARY KEY,
                client uuid NOT NULL,
                at timestamptz NOT NULL DEFAULT now()
            );

            ALTER TABLE transfers DROP CONSTRAINT transfers_check,
                ADD CONSTRAINT transfers_move CHECK ((kind, source, target) IN (
                    ('deposit', 'funding', 'available'),
                    ('hold', 'available', 'held'),
                    ('capture', 'held', 'market'),
                    ('release', 'held', 'available'),
                    ('credit', 'market', 'available'),
                    ('reset', 'funding', 'available'),
                    ('reset', 'available', 'funding')
                ));
            """#
    )
}
