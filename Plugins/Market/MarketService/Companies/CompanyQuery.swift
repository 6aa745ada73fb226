import Plugin
import RPC

/// Which companies a list holds, and which part of it.
struct CompanyQuery {
    /// Part of a symbol or a name, upper and lower case alike; empty for all.
    var text = ""
    /// A whole sector, upper and lower case alike; empty for all.
    var sector = ""
    var cursor: PageCursor?
    /// 1…200.
    var limit = CompanyQuery.usualLimit

    static let usualLimit = 50
    static let largestLimit = 200

    /// One page, of companies sorted by symbol, and where the next begins; nil after the last.
    func page(of companies: [SourceCompany]) -> (items: [SourceCompany], next: PageCursor?) {
        let (text, sector) = (text.lowercased(), sector.lowercased())
        var items: [SourceCompany] = []
        for company in companies where cursor.map({ company.symbol > $0.after }) ?? true {
            guard text.isEmpty || company.symbol.lowercased().contains(text) || company.name.lowercased().contains(text)
            else { continue }
            guard sector.isEmpty || company.sector?.lowercased() == sector else { continue }
            if items.count == limit { return (items, items.last.map { PageCursor(after: $0.symbol) }) }
            items.append(company)
        }
        return (items, nil)
    }
}
