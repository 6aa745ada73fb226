import Fetch
import Money
import Observe
import Plugin
import QuoteSourceCompatibility
import RPC
import Reactor
import TestServers

extension QuoteFacts {
    /// What a server of this folder says of itself under /facts.
    init(
        server: JSONValue,
        secrets: [String],
        hints: [QuoteCondition: String],
        retryAfter: ClosedRange<Int>
    ) throws {
        var quotes: [String: SourceQuote] = [:]
        for (symbol, fields) in try server.members("quotes") {
            quotes[symbol] = try SourceQuote(symbol, facts: fields)
        }
        var bars: [String: [SourceBar]] = [:]
        for (symbol, rows) in try server.members("bars") {
            bars[symbol] = try (rows.array ?? []).map { try SourceBar(facts: $0) }
        }
        var actions: [String: [CorporateAction]] = [:]
        let dividends = try server.members("dividends")
        for (symbol, splits) in try server.members("splits") {
            var all = try (splits.object ?? [:]).map { try CorporateAction(symbol, splitOn: $0, facts: $1) }
            all += try (dividends[symbol]?.object ?? [:]).map { try CorporateAction(symbol, dividendOn: $0, facts: $1) }
            // A split before the dividend of its day: "split" is the later word.
            actions[symbol] = all.sorted { ($0.exDay, $1.id) < ($1.exDay, $0.id) }
        }
        self.init(
            quotes: quotes,
            failing: try server.members("failing").compactMapValues { Self.codes[$0.string ?? ""] },
            unknown: server["unknown"]?.strings ?? [],
            many: server["many"]?.strings ?? [],
            bars: bars,
            actions: actions,
            secrets: secrets,
            hints: hints,
            retryAfter: retryAfter
        )
    }

    private static let codes: [String: QuoteSourceError.Code] = ["stale": .stale, "malformed": .malformed]
}

extension SourceQuote {
    fileprivate init(_ symbol: String, facts: JSONValue) throws {
        func price(_ name: String) throws -> ExactDecimal? {
            guard let text = facts[name]?.string else { return nil }
            return try ExactDecimal(jsonNumber: text)
        }
        guard let latest = try price("price"), let asOf = facts["asOf"]?.string.flatMap({ WallTime(rfc3339: $0) }),
            let session = facts["session"]?.string.flatMap({ MarketSession(rawValue: $0) })
        else { throw TestServerError("no facts of \(symbol)") }
        self.init(
            symbol: symbol,
            price: latest,
            currency: .usd,
            asOf: asOf,
            delaySeconds: facts["delaySeconds"]?.number.flatMap { Int($0) } ?? 0,
            session: session,
            origin: .real,
            previousClose: try price("previousClose"),
            open: try price("open"),
            high: try price("high"),
            low: try price("low"),
            volume: facts["volume"]?.number.flatMap { Int($0) },
            bid: try price("bid"),
            ask: try price("ask")
        )
    }
}

extension SourceBar {
    /// Day, open, high, low, close, volume.
    fileprivate init(facts row: JSONValue) throws {
        guard let fields = row.array, fields.count == 6 else { throw TestServerError("no facts of a bar") }
        let texts = fields.prefix(5).compactMap(\.string)
        self.init(
            day: try CalendarDate(parsing: texts[0]),
            open: try ExactDecimal(parsing: texts[1]),
            high: try ExactDecimal(parsing: texts[2]),
            low: try ExactDecimal(parsing: texts[3]),
            close: try ExactDecimal(parsing: texts[4]),
            volume: fields[5].number.flatMap { Int($0) } ?? -1,
            origin: .real
        )
    }
}

extension CorporateAction {
    fileprivate init(_ symbol: String, splitOn day: String, facts: JSONValue) throws {
        let rates = try (facts.strings ?? []).map { try ExactDecimal(parsing: $0) }
        guard rates.count == 2, let kind = Kind.split(old: rates[0], new: rates[1]) else {
            throw TestServerError("no facts of a split")
        }
        self.init(
            id: "\(symbol)-split-\(day)",
            symbol: symbol,
            kind: kind,
            exDay: try CalendarDate(parsing: day)
        )
    }

    fileprivate init(_ symbol: String, dividendOn day: String, facts: JSONValue) throws {
        guard let fields = facts.strings, fields.count == 3 else { throw TestServerError("no facts of a dividend") }
        self.init(
            id: "\(symbol)-dividend-\(day)",
            symbol: symbol,
            kind: .dividend(perShare: try ExactDecimal(parsing: fields[0]), currency: .usd),
            exDay: try CalendarDate(parsing: day),
            recordDay: try CalendarDate(parsing: fields[1]),
            payableDay: try CalendarDate(parsing: fields[2])
        )
    }
}

extension JSONValue {
    fileprivate func members(_ name: String) throws -> [String: JSONValue] {
        guard let members = self[name]?.object else { throw TestServerError("the server has no \(name)") }
        return members
    }
}
