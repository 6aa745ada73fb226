import Postgres

extension Migration {
    static let watched = Migration(
        number: 1,
        name: "watched",
        sql: #"""
            CREATE TABLE watched (
                client text NOT NULL,
                symbol text NOT NULL,
                since timestamptz NOT NULL DEFAULT now(),
                PRIMARY KEY (client, symbol)
            );
            """#
    )
}
