import Contracts
import Money
import Observe
import Plugin
import RPC

extension MarketService {
    func listCompanies(
        _ request: MarketListCompaniesRequest,
        _ context: CallContext
    ) async throws -> MarketListCompaniesResponse {
        var query = CompanyQuery(text: request.query, sector: request.sector)
        if !request.cursor.isEmpty { query.cursor = try PageCursor(parsing: request.cursor) }
        if request.limit != 0 {
            guard (1...CompanyQuery.largestLimit).contains(Int(request.limit)) else {
                throw RPCError.field("limit", "out-of-range", "must be 1 to \(CompanyQuery.largestLimit)")
            }
            query.limit = Int(request.limit)
        }
        for (field, text) in [("query", request.query), ("sector", request.sector)] where text.utf8.count > 100 {
            throw RPCError.field(field, "too-long", "must have at most 100 bytes")
        }
        let page = query.page(of: try await companies().all)
        var response = MarketListCompaniesResponse()
        response.items = page.items.map(MarketCompany.init)
        response.nextCursor = page.next?.text ?? ""
        return response
    }

    func getCompany(_ request: MarketGetCompanyRequest, _ context: CallContext) async throws -> MarketCompany {
        try SymbolSyntax.check(request.symbol)
        do throws(QuoteSourceError) {
            let company = try await chain.first { link, label throws(QuoteSourceError) in
                try await self.facts.directory(link, label).company(request.symbol)
            }
            return MarketCompany(company)
        } catch {
            throw RPCError(source: error)
        }
    }

    func listActions(
        _ request: MarketListActionsRequest,
        _ context: CallContext
    ) async throws -> MarketListActionsResponse {
        try SymbolSyntax.check(request.symbol)
        let actions: [CorporateAction]
        do throws(QuoteSourceError) {
            actions = try await chain.first { link, label throws(QuoteSourceError) in
                _ = try await self.facts.directory(link, label).company(request.symbol)
                // A replay knows more by the day; another source is asked once an hour.
                if label.hasActions, !label.isReplayed {
                    return try await self.facts.actions(request.symbol, link, label, day: nil)
                }
                return try await link.call { source throws(QuoteSourceError) in
                    try await source.actions(request.symbol)
                }
            }
        } catch {
            throw RPCError(source: error)
        }
        var response = MarketListActionsResponse()
        response.items = actions.map(MarketAction.init)
        return response
    }

    private func companies() async throws -> SourceFacts.Directory {
        do throws(QuoteSourceError) {
            return try await chain.first { link, label throws(QuoteSourceError) in
                try await self.facts.directory(link, label)
            }
        } catch {
            throw RPCError(source: error)
        }
    }
}

extension MarketCompany {
    init(_ company: SourceCompany) {
        self.init()
        symbol = company.symbol
        name = company.name
        sector = company.sector ?? ""
        currency = company.currency.code
        synthetic = company.origin == .synthetic
        firstDate = company.firstDay?.description ?? ""
        lastDate = company.lastDay?.description ?? ""
        exchange = company.exchange
    }
}

extension MarketAction {
    init(_ action: CorporateAction) {
        self.init()
        exDate = action.exDay.description
        switch action.kind {
        case .split(let old, let new):
            type = "split"
            oldShares = Int32(clamping: old)
            newShares = Int32(clamping: new)
        case .dividend(let cash, let currency):
            type = "dividend"
            amount = LonjaMoney(cash, currency)
        }
    }
}
