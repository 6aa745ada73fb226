import Contracts
import Money
import RPC

/// What profile booked for an order, or should have. Pure.
struct OrderCash: Equatable, CustomStringConvertible {
    private(set) var held = ExactDecimal.zero
    private(set) var captured = ExactDecimal.zero
    private(set) var released = ExactDecimal.zero
    private(set) var credited = ExactDecimal.zero

    /// Nothing.
    init() {}

    /// What was booked.
    /// - Throws: an `RPCError` for sums that are none.
    init(_ entries: [ProfileEntry]) throws {
        for entry in entries {
            let amount = try entry.amount.exact().value
            switch entry.kind {
            case "hold": held = try held + amount
            case "capture": captured = try captured + amount
            case "release": released = try released + amount
            case "credit": credited = try credited + amount
            default: throw RPCError(.internalError, "an entry of another kind")
            }
        }
    }

    /// What an ended order should come to.
    /// - Parameters:
    ///   - reserve: what a purchase keeps.
    ///   - total: of its fill; nil where there is none.
    init(_ side: OrderSide, _ state: OrderProgress.State, reserve: ExactDecimal, total: ExactDecimal?) throws {
        switch (side, state, total) {
        case (.buy, .filled, let total?): (held, captured, released) = (reserve, total, try reserve - total)
        case (.sell, .filled, let total?): credited = total
        case (.buy, _, _): (held, released) = (reserve, reserve)
        case (.sell, _, _): break
        }
    }

    /// Whether cash was kept and given back.
    var isUndone: Bool { captured.isZero && credited.isZero && held == released }

    var description: String { "held \(held), captured \(captured), released \(released), credited \(credited)" }
}
