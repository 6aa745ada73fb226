public import Config
import Fetch
import HTTP
import Money
import Observe
public import Plugin
import Reactor
import SwiftProtobuf
import Synchronization

/// Executes orders through Alpaca's trading API v2, on a paper account or with real money: configuration says which.
///
/// Alpaca refuses a client order id that it knows with 422, so an order that is sent again has no second effect: what
/// became of the first one is asked for by that id, as it is whenever an answer is missing.
public final class AlpacaDriver: Brokerage {
    /// The name in `wallet.brokerage.driver`.
    public static var name: StaticString { "alpaca" }

    /// Address, keys and collar.
    public static var settings: [Setting] { AlpacaSettings.declared }

    /// One request is over after this, and all of a call's after `longestCall`.
    static let longestRequest = Duration.seconds(4)
    static let longestCall = Duration.seconds(9)

    struct State {
        var account: String?
        /// Alpaca wants to be left alone so long.
        var pausedUntil: MonotonicTime?
    }

    let configuration: AlpacaSettings
    let client: FetchClient
    let state = Mutex(State())

    /// Reads the settings; connects to nothing.
    /// - Throws: a `ConfigurationError` that names a setting.
    public init(context: DriverContext) throws {
        configuration = try AlpacaSettings(context.settings.snapshot)
        var fetching = FetchClientConfiguration()
        fetching.connectTimeout = .seconds(3)
        fetching.firstByteTimeout = Self.longestRequest
        fetching.stallTimeout = .seconds(3)
        fetching.idleAge = .seconds(20)
        fetching.maximumBodyBytes = 256 << 10
        fetching.retry = .never
        fetching.name = "alpaca"
        client = FetchClient(group: context.loops, configuration: fetching, metrics: context.metrics)
    }

    /// Asks for the account: that the keys are good, and that it may trade. Nothing is traded.
    public func probe() async throws {
        let response = try await send(.get, "account", by: MonotonicTime.now().advanced(by: Self.longestCall))
        guard response.status == 200 else { throw AlpacaProblem(response).error }
        let account = try AlpacaAccount(response.body)
        state.withLock { $0.account = account.id }
    }

    /// Closes the connections; what is under way is asked for again later.
    public func close() async { client.close() }

    /// As the configuration says.
    public var isPaper: Bool { configuration.isPaper }

    /// Those of the account that the keys belong to.
    public var books: String? { "alpaca/\(state.withLock { $0.account } ?? "unknown")" }

    /// Alpaca matches limits itself.
    public func mayFill(_ order: BrokerageOrder, at quote: BrokerageQuote) -> Bool { true }

    /// The quote's price, and the worst one within the collar; Alpaca takes no fee.
    public func estimate(
        _ order: BrokerageOrder,
        at quote: BrokerageQuote
    ) throws(BrokerageError) -> BrokerageEstimate {
        try check(order, quote)
        if let limit = order.limit { return BrokerageEstimate(price: limit, worstPrice: limit, fee: .zero) }
        let price = AlpacaPrices.shown(quote.price)
        // The amount itself is the bound.
        let worst = order.isForAmount ? price : try worst(order, quote)
        return BrokerageEstimate(price: price, worstPrice: worst, fee: .zero)
    }

    private func check(_ order: BrokerageOrder, _ quote: BrokerageQuote) throws(BrokerageError) {
        if order.limit == nil, !quote.isOpen { throw BrokerageError(.marketClosed, "the market is closed") }
        guard quote.currency == .usd else { throw BrokerageError(.unsupported, "the brokerage trades in USD alone") }
        if let limit = order.limit, !AlpacaPrices.isAllowed(limit) {
            throw BrokerageError(
                .unsupported,
                "the brokerage takes limits of at most two decimal places, below 1 of at most four"
            )
        }
        if order.limit != nil, order.timeInForce == .gtc, order.quantity.normalized.scale > 0 {
            throw BrokerageError(.unsupported, "the brokerage trades fractions of shares for the day alone")
        }
        if let amount = order.amount, order.isForAmount, amount < 1 {
            throw BrokerageError(.unsupported, "the brokerage takes no amount below 1.00")
        }
    }

    func worst(_ order: BrokerageOrder, _ quote: BrokerageQuote) throws(BrokerageError) -> ExactDecimal {
        do {
            let worst = try configuration.prices.worst(order.side, quote)
            if worst.signum > 0 { return worst }
        } catch {
            throw BrokerageError(.unpriceable, "the price is out of range: \(error.message)")
        }
        throw BrokerageError(.unpriceable, "the price is below the smallest one")
    }
}
