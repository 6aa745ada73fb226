import Money
import Observe
import Postgres
import Reactor

/// What the series of an account's values is made of, in one look. A class: see `OrderTerms`.
final class ValueBooks: Sendable {
    let account: WalletAccount
    /// What is known for ever, oldest first: the range asked for, and the newest.
    let stored: [ValuePoint]
    /// The days after that, oldest first; the last is now.
    let days: [ValueFold.Day]
    /// Those of `days` that nothing can be booked on any more.
    let ended: Set<Int>
    let changes: [Int: ValueFold.Changes]
    let closes: [Int: [String: ExactDecimal]]
    /// What is owned now.
    let owned: [String: ExactDecimal]

    init(
        account: WalletAccount,
        stored: [ValuePoint],
        days: [ValueFold.Day],
        ended: Set<Int>,
        changes: [Int: ValueFold.Changes],
        closes: [Int: [String: ExactDecimal]],
        owned: [String: ExactDecimal]
    ) {
        self.account = account
        self.stored = stored
        self.days = days
        self.ended = ended
        self.changes = changes
        self.closes = closes
        self.owned = owned
    }
}

/// Values of accounts in the database.
///
/// Once a day is over for good its value is stored, so that a look costs what was booked since then, and no more: not
/// what was booked in the account's life.
struct ValueStore: Sendable {
    /// How long after its end something may still be booked on a day: longer than any transaction takes.
    static let margin: Double = 60

    let database: PostgresClient

    /// - Parameter most: how many stored days are wanted; all when nil.
    func books(
        of client: String,
        _ currency: Currency,
        most: Int?,
        by deadline: MonotonicTime?
    ) async throws -> ValueBooks {
        try await database.withTransaction(
            isolation: .repeatableRead,
            readOnly: true,
            PostgresCall(deadline: deadline)
        ) { transaction in
            let answers = try await transaction.batch(Self.heads(client, most ?? Int(Int32.max)))
            let head = answers[0][0]
            let account = WalletAccount(
                number: Int(try head.value(at: 0, as: Int32.self)),
                since: try head.value(at: 1)
            )
            let stored = try answers[1].map { try Self.point($0) }.reversed()
            let rest = try await transaction.batch(
                Self.changes(client, currency, since: account.since, after: Int32(stored.last?.ordinal ?? 0))
            )
            return try Self.books(account, Array(stored), rest)
        }
    }

    /// Keeps what is known for ever.
    func keep(
        _ points: [ValuePoint],
        of client: String,
        _ account: Int,
        _ currency: Currency,
        by deadline: MonotonicTime?
    ) async throws {
        let queries = points.map { point in
            """
            INSERT INTO day_values (client, account, ordinal, currency, cash, holdings, flow, estimated)
            VALUES (\(client), \(Int32(account)), \(Int32(point.ordinal)), \(currency.code), \(point.cash),
                \(point.holdings), \(point.flow), \(point.isEstimated))
            ON CONFLICT DO NOTHING
            """ as PostgresQuery
        }
        if !queries.isEmpty { _ = try await database.batch(queries, PostgresCall(deadline: deadline)) }
    }

    private static func heads(_ client: String, _ most: Int) -> [PostgresQuery] {
        [
            """
            SELECT 1 + count(*)::integer, max(cleared_at) FROM resets WHERE client = \(client) AND state = 'done'
            """,
            """
            SELECT v.ordinal, d.day, v.cash, v.holdings, v.flow, v.estimated
            FROM day_values v JOIN market_days d ON d.ordinal = v.ordinal
            WHERE v.client = \(client)
                AND v.account = 1 + (SELECT count(*) FROM resets WHERE client = \(client) AND state = 'done')
            ORDER BY v.ordinal DESC LIMIT \(most)
            """,
        ]
    }

    private static func point(_ row: PostgresRow) throws -> ValuePoint {
        ValuePoint(
            ordinal: Int(try row.value(at: 0, as: Int32.self)),
            day: try row.value(at: 1),
            cash: try row.value(at: 2),
            holdings: try row.value(at: 3),
            flow: try row.value(at: 4),
            isEstimated: try row.value(at: 5)
        )
    }

    /// Days after an ordinal; changes of shares and of cash on them, deposits; closes; and what is owned now.
    private static func changes(
        _ client: String,
        _ currency: Currency,
        since: WallTime?,
        after: Int32
    ) -> [PostgresQuery] {
        let opened = since ?? WallTime(nanosecondsSinceEpoch: .min + 1_000_000_000_000)
        let code = currency.code
        return [
            """
            SELECT ordinal, day, COALESCE(lead(since) OVER (ORDER BY ordinal) < now()
                - make_interval(secs => \(margin)), false) AND NOT EXISTS (
                    SELECT FROM day_symbols s WHERE s.ordinal = d.ordinal + 1 AND NOT s.priced)
            FROM market_days d WHERE ordinal > \(after) ORDER BY ordinal
            """,
            """
            SELECT d.ordinal, t.symbol, sum(CASE WHEN t.source = 'market' THEN t.quantity ELSE -t.quantity END)
            FROM \(unsafeSQL: spans) d
                JOIN share_transfers t ON t.client = \(client) AND t.booked_at >= d.a AND t.booked_at < d.b
                JOIN positions p ON p.client = t.client AND p.symbol = t.symbol AND p.currency = \(code)
            WHERE d.ordinal > \(after) AND t.booked_at > \(opened) AND 'market' IN (t.source, t.target)
            GROUP BY d.ordinal, t.symbol
            """,
            """
            SELECT d.ordinal, sum(CASE WHEN f.side = 'buy' THEN -f.total ELSE f.total END)
            FROM \(unsafeSQL: spans) d
                JOIN share_transfers t ON t.client = \(client) AND t.booked_at >= d.a AND t.booked_at < d.b
                JOIN fills f ON f.order_id = t.order_id AND f.side = t.kind AND f.currency = \(code)
            WHERE d.ordinal > \(after) AND t.booked_at > \(opened)
            GROUP BY d.ordinal
            """,
            """
            SELECT d.ordinal, sum(a.amount), COALESCE(sum(a.amount) FILTER (WHERE a.kind <> 'dividend'), 0)
            FROM \(unsafeSQL: spans) d
                JOIN activities a ON a.client = \(client) AND a.booked_at >= d.a AND a.booked_at < d.b
            WHERE d.ordinal > \(after) AND a.currency = \(code)
                AND a.account = 1 + (SELECT count(*) FROM resets WHERE client = \(client) AND state = 'done')
            GROUP BY d.ordinal
            """,
            """
            SELECT c.ordinal, c.symbol, c.close FROM day_closes c
                JOIN positions p ON p.client = \(client) AND p.symbol = c.symbol
            WHERE c.ordinal >= \(after) AND p.currency = \(code)
            """,
            """
            SELECT symbol, available + held FROM positions WHERE client = \(client) AND currency = \(code)
            """,
        ]
    }

    /// From when to when a day is that something is booked on; what came before the first day is of the first.
    private static let spans = """
        (SELECT ordinal, CASE WHEN ordinal = 1 THEN '-infinity' ELSE since END AS a,
            COALESCE(lead(since) OVER (ORDER BY ordinal), 'infinity') AS b FROM market_days)
        """

    private static func books(
        _ account: WalletAccount,
        _ stored: [ValuePoint],
        _ rows: [PostgresRows]
    ) throws -> ValueBooks {
        var (days, ended): ([ValueFold.Day], Set<Int>) = ([], [])
        for row in rows[0] {
            let ordinal = Int(try row.value(at: 0, as: Int32.self))
            days.append(ValueFold.Day(ordinal: ordinal, day: try row.value(at: 1)))
            if try row.value(at: 2, as: Bool.self) { ended.insert(ordinal) }
        }
        var changes: [Int: ValueFold.Changes] = [:]
        for row in rows[1] {
            let ordinal = Int(try row.value(at: 0, as: Int32.self))
            let symbol: String = try row.value(at: 1)
            changes[ordinal, default: ValueFold.Changes()].shares[symbol] = try row.value(at: 2)
        }
        for row in rows[2] {
            let ordinal = Int(try row.value(at: 0, as: Int32.self))
            changes[ordinal, default: ValueFold.Changes()].cash = try row.value(at: 1)
        }
        for row in rows[3] {
            var found = changes[Int(try row.value(at: 0, as: Int32.self))] ?? ValueFold.Changes()
            found.cash = try found.cash + row.value(at: 1)
            found.flow = try row.value(at: 2)
            changes[Int(try row.value(at: 0, as: Int32.self))] = found
        }
        var closes: [Int: [String: ExactDecimal]] = [:]
        for row in rows[4] {
            let ordinal = Int(try row.value(at: 0, as: Int32.self))
            closes[ordinal, default: [:]][try row.value(at: 1)] = try row.value(at: 2)
        }
        var owned: [String: ExactDecimal] = [:]
        for row in rows[5] { owned[try row.value(at: 0)] = try row.value(at: 1) }
        return ValueBooks(
            account: account,
            stored: stored,
            days: days,
            ended: ended,
            changes: changes,
            closes: closes,
            owned: owned
        )
    }
}
