import Money
import Plugin
import RPC

/// Companies as `ref-data/symbols` has them.
enum IEXCompanies {
    /// Names of exchanges in the interface's short form; others stay as they are.
    private static let exchanges = [
        "NAS": "NASDAQ", "XNAS": "NASDAQ", "NYS": "NYSE", "XNYS": "NYSE", "USAMEX": "NYSE American",
        "XASE": "NYSE American", "PSE": "NYSE Arca", "ARCX": "NYSE Arca", "BATS": "Cboe BZX",
    ]

    /// Those that are enabled and have a ticker as this port means it, sorted by symbol. A row that is none of that fails
    /// nothing but itself; no row at all is no list.
    static func read(_ value: JSONValue) throws(QuoteSourceError) -> [SourceCompany] {
        guard let rows = value.array else { throw IEXVerdict.malformed("has no list of companies") }
        var companies: [String: SourceCompany] = [:]
        for row in rows where row["isEnabled"]?.bool != false {
            guard let symbol = row["symbol"]?.string, SourceCompany.isSymbol(symbol),
                let currency = try? IEXQuote.currency(row["currency"], symbol)
            else { continue }
            let name = row["name"]?.string ?? ""
            let exchange = row["exchange"]?.string ?? ""
            companies[symbol] = SourceCompany(
                symbol: symbol,
                name: name.isEmpty ? symbol : name,
                exchange: exchanges[exchange] ?? exchange,
                currency: currency,
                origin: .real
            )
        }
        guard !companies.isEmpty || rows.isEmpty else { throw IEXVerdict.malformed("has no company that can be read") }
        return companies.values.sorted { $0.symbol < $1.symbol }
    }
}
