import Money
import RPC

/// The refusals of an order that depend on the state of the world: each a stable reason (`code` in the public API),
/// with the status FAILED_PRECONDITION. Fields that make no sense in any state are INVALID_ARGUMENT: see `OrderTerms`.
///
/// - `unknown-symbol`: there is no such company.
/// - `market-closed`: a market order, and the market is closed.
/// - `stale-price`: the newest price is too old to trade at.
/// - `insufficient-funds`: less cash is available than the order may cost.
/// - `insufficient-shares`: fewer shares are available than are to be sold.
/// - `order-too-small`: the amount buys nothing, or the fee takes all of it.
/// - `order-too-large`: the order is worth more than one order may be.
/// - `timed-out`: it could not be executed soon enough, and was undone.
/// - `not-executed`: the brokerage gave it back.
/// - `unsupported-order`: the brokerage takes no order of this kind; the message says why.
/// - `broker-funds`: the brokerage's own account cannot pay for it.
/// - `refused`: the brokerage refused it for a reason of its own.
enum OrderProblem {
    /// The error of a problem that an order was rejected with.
    static func error(_ problem: String) -> RPCError {
        let (reason, message): (StaticString, String) =
            switch problem {
            case "unknown-symbol": ("unknown-symbol", "there is no such company")
            case "market-closed": ("market-closed", "the market is closed; a limit order can wait for it")
            case "stale-price": ("stale-price", "there is no price that is new enough to trade at")
            case "insufficient-funds": ("insufficient-funds", "there is too little cash")
            case "insufficient-shares": ("insufficient-shares", "there are too few shares")
            case "order-too-small": ("order-too-small", "that buys or brings nothing")
            case "order-too-large": ("order-too-large", "an order is worth at most \(OrderTerms.most)")
            case "timed-out": ("timed-out", "the order could not be executed in time and was undone")
            case "not-executed": ("not-executed", "the brokerage did not execute the order")
            case "broker-funds": ("broker-funds", "the brokerage's account cannot pay for the order")
            default: ("refused", "the brokerage refused the order")
            }
        return RPCError(.failedPrecondition, message, reason: reason)
    }
}
