import Money
import Plugin
import RPC

/// Companies as `v2/assets` has them.
enum AlpacaCompanies {
    private static let exchanges = ["AMEX": "NYSE American", "ARCA": "NYSE Arca", "BATS": "Cboe BZX"]

    /// Those that can be traded and have a ticker as this port means it, sorted by symbol. A row that is none of that
    /// fails nothing but itself; no row at all is no list.
    static func read(_ value: JSONValue) throws(QuoteSourceError) -> [SourceCompany] {
        guard let rows = value.array else { throw AlpacaVerdict.malformed("has no list of companies") }
        var companies: [String: SourceCompany] = [:]
        for row in rows where row["tradable"]?.bool == true && row["status"]?.string == "active" {
            guard let symbol = row["symbol"]?.string, AlpacaQuery.isSymbol(symbol) else { continue }
            let name = row["name"]?.string ?? ""
            let exchange = row["exchange"]?.string ?? ""
            companies[symbol] = SourceCompany(
                symbol: symbol,
                name: name.isEmpty ? symbol : name,
                exchange: exchanges[exchange] ?? exchange,
                currency: .usd,
                origin: .real
            )
        }
        guard !companies.isEmpty || rows.isEmpty else {
            throw AlpacaVerdict.malformed("has no company that can be read")
        }
        return companies.values.sorted { $0.symbol < $1.symbol }
    }
}
