import Money
import Observe
import Plugin
import Postgres

/// An order as it is stored. A class: see `OrderTerms`.
final class Order: Sendable {
    let id: PostgresUUID
    /// Its place among all orders; 0 before it is stored.
    let number: Int64
    let client: String
    let terms: OrderTerms
    /// Shares: what was asked for, or what the amount comes to.
    let quantity: ExactDecimal
    let currency: Currency
    /// Cash to keep for a purchase; zero for a sale.
    let reserve: ExactDecimal
    /// The worst price of a share that the client agreed to; nil for orders of older builds.
    let worstPrice: ExactDecimal?
    let progress: OrderProgress
    /// The price it is decided at; nil before there is one.
    let quote: BrokerageQuote?
    /// The books of the brokerage that is asked; nil before one is, and for one that keeps no orders.
    let books: String?
    let fill: OrderFill?
    let expiresAt: WallTime?
    let createdAt: WallTime
    let updatedAt: WallTime

    init(
        id: PostgresUUID,
        number: Int64 = 0,
        client: String,
        terms: OrderTerms,
        quantity: ExactDecimal,
        currency: Currency,
        reserve: ExactDecimal,
        worstPrice: ExactDecimal?,
        progress: OrderProgress,
        quote: BrokerageQuote?,
        books: String?,
        fill: OrderFill? = nil,
        expiresAt: WallTime?,
        createdAt: WallTime,
        updatedAt: WallTime
    ) {
        self.id = id
        self.number = number
        self.client = client
        self.terms = terms
        self.quantity = quantity
        self.currency = currency
        self.reserve = reserve
        self.worstPrice = worstPrice
        self.progress = progress
        self.quote = quote
        self.books = books
        self.fill = fill
        self.expiresAt = expiresAt
        self.createdAt = createdAt
        self.updatedAt = updatedAt
    }

    /// The same order further on.
    func with(
        _ progress: OrderProgress,
        quote: BrokerageQuote? = nil,
        books: String? = nil,
        fill: OrderFill? = nil,
        number: Int64? = nil,
        updatedAt: WallTime? = nil
    ) -> Order {
        Order(
            id: id,
            number: number ?? self.number,
            client: client,
            terms: terms,
            quantity: quantity,
            currency: currency,
            reserve: reserve,
            worstPrice: worstPrice,
            progress: progress,
            quote: quote ?? self.quote,
            books: books ?? self.books,
            fill: fill ?? self.fill,
            expiresAt: expiresAt,
            createdAt: createdAt,
            updatedAt: updatedAt ?? self.updatedAt
        )
    }

    /// What the brokerage is asked.
    var brokerageOrder: BrokerageOrder {
        BrokerageOrder(
            id: id.description,
            symbol: terms.symbol,
            side: terms.side.brokerage,
            quantity: quantity,
            amount: terms.amountToSpend,
            limit: terms.limit,
            worstPrice: worstPrice,
            timeInForce: terms.timeInForce.brokerage
        )
    }
}
