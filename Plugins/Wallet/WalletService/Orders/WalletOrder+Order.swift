import Contracts
import Money
import Observe
import Postgres
import SwiftProtobuf

extension WalletOrder {
    init(_ order: Order) {
        self.init()
        let (terms, currency) = (order.terms, order.currency)
        id = order.id.description
        symbol = terms.symbol
        side = terms.side.rawValue
        type = terms.type.rawValue
        if let quantity = terms.quantity { self.quantity = quantity.description }
        if let amount = terms.amount { self.amount = amount.description }
        if let limit = terms.limit { limitPrice = limit.description }
        timeInForce = terms.timeInForce.rawValue
        state = WalletOrderState(order.progress)
        if let problem = order.progress.problem { self.problem = problem }
        filledQuantity = (order.fill?.quantity ?? .zero).normalized.description
        if let fill = order.fill {
            averagePrice = LonjaMoney(fill.price, currency)
            fee = .cash(fill.fee, currency)
        }
        createdAt = .init(order.createdAt)
        updatedAt = .init(order.updatedAt)
    }
}

extension WalletOrderState {
    /// What a client sees: a waiting limit order is open, here or at the brokerage; what is on its way is pending.
    init(_ progress: OrderProgress) {
        self =
            switch progress.state {
            case .accepted: .pending
            case .held, .executing: progress.type == .limit ? .open : .pending
            case .filled: .filled
            case .cancelled: .cancelled
            case .rejected: .rejected
            case .expired: .expired
            }
    }

    /// The stored states, with the type behind a hyphen, that a client sees as this one; empty for all.
    var stored: [String] {
        let both = { (state: String) in ["\(state)-market", "\(state)-limit"] }
        return switch self {
        case .pending: both("accepted") + ["held-market", "executing-market"]
        case .open: ["held-limit", "executing-limit"]
        case .filled: both("filled")
        case .cancelled: both("cancelled")
        case .rejected: both("rejected")
        case .expired: both("expired")
        case .unspecified, .UNRECOGNIZED: []
        }
    }
}

extension LonjaMoney {
    /// A sum of cash, with as many decimal places as its currency has.
    static func cash(_ value: ExactDecimal, _ currency: Currency) -> LonjaMoney {
        LonjaMoney((try? value.rescaled(to: currency.minorUnits)) ?? value, currency)
    }
}

extension Google_Protobuf_Timestamp {
    /// Cut to milliseconds: what JSON shows.
    init(_ time: WallTime) {
        self.init(seconds: time.secondsSinceEpoch, nanos: Int32(time.nanosecondsOfSecond / 1_000_000 * 1_000_000))
    }
}
