import Contracts
import Money
import Postgres
import RPC

extension WalletService {
    func getValue(_ request: WalletGetValueRequest, _ context: CallContext) async throws -> WalletGetValueResponse {
        let range = try Self.range(request.range)
        let (series, currency) = try await series(range, context)
        var response = WalletGetValueResponse()
        response.range = range.rawValue
        response.currency = currency.code
        response.items = try series.last(range).map { try WalletValuePoint($0, currency) }
        return response
    }

    func getPerformance(
        _ request: WalletGetPerformanceRequest,
        _ context: CallContext
    ) async throws -> WalletPerformance {
        let range = try Self.range(request.range)
        guard let method = request.method.isEmpty ? .twr : Returns.Method(rawValue: request.method) else {
            throw RPCError.field("method", "invalid", "must be twr, mwr or simple")
        }
        let (series, currency) = try await series(range, context)
        let points = series.last(range)
        // The day before the range, unless the account began within it.
        let base = range.days.map { points.count > $0 } == true ? points.first : nil
        let days = base == nil ? points[...] : points.dropFirst()
        let returns = Returns(
            start: try base?.value() ?? .zero,
            values: try days.map { try $0.value() },
            flows: days.map(\.flow)
        )
        var performance = WalletPerformance()
        performance.range = range.rawValue
        performance.method = method.rawValue
        performance.rate = try returns.rate(method).description
        performance.profit = .cash(try returns.profit(), currency)
        performance.from = base?.day.description ?? ""
        performance.to = points.last?.day.description ?? ""
        performance.startValue = .cash(returns.start, currency)
        performance.endValue = .cash(returns.end, currency)
        performance.flow = .cash(try returns.flow(), currency)
        return performance
    }

    /// The values of the account of the client, and what they are in.
    private func series(_ range: ValueRange, _ context: CallContext) async throws -> (ValueSeries, Currency) {
        let client = try context.client()
        try await noteDeposits(client, context)
        let portfolio = try await portfolio(try await person(client, context), context)
        let currency = portfolio.currency
        let books = try await values.books(
            of: client,
            currency,
            most: range.days.map { $0 + 1 },
            by: context.deadline
        )
        let prices = portfolio.prices.filter { $0.value.currency == currency }.mapValues(\.price)
        let series = try ValueSeries(books, now: prices, places: currency.minorUnits)
        try await values.keep(series.news, of: client, books.account.number, currency, by: context.deadline)
        return (series, currency)
    }

    /// - Throws: INVALID_ARGUMENT that names the field.
    private static func range(_ text: String) throws(RPCError) -> ValueRange {
        guard let range = text.isEmpty ? .year : ValueRange(rawValue: text) else {
            throw .field("range", "invalid", "must be 1d, 1w, 1m, 3m, 6m, 1y, 5y or max")
        }
        return range
    }
}

extension WalletValuePoint {
    init(_ point: ValuePoint, _ currency: Currency) throws(DecimalError) {
        self.init()
        date = point.day.description
        value = LonjaMoney.cash(try point.value(), currency).amount
        cash = LonjaMoney.cash(point.cash, currency).amount
        flow = LonjaMoney.cash(point.flow, currency).amount
        estimated = point.isEstimated
    }
}
