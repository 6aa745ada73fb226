/// Every company of a replay, and the days its market trades.
struct Catalogue: Sendable {
    /// Sorted by symbol.
    let companies: [ReplayCompany]
    /// Days since 1970-01-01, oldest first.
    let days: [Int32]
    private let bySymbol: [String: ReplayCompany]

    /// The companies of the bar file, some replaced by, and others added from, files of bars.
    init(_ file: BarFile, replacing others: [ReplayCompany] = []) throws(BarFileError) {
        var bySymbol: [String: ReplayCompany] = [:]
        var days = Set(file.days)
        for company in file.companies { bySymbol[company.symbol] = company }
        for company in others {
            bySymbol[company.symbol] = company
            for bar in try company.bars { days.insert(bar.day) }
        }
        self.bySymbol = bySymbol
        self.days = days.count == file.days.count ? file.days : days.sorted()
        companies = bySymbol.values.sorted { $0.symbol < $1.symbol }
    }

    /// The company called `symbol`.
    func company(_ symbol: String) -> ReplayCompany? { bySymbol[symbol] }
}
