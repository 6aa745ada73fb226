public import Plugin

/// Where a brokerage under test trades, and how to make things happen there. Every check gets a new one.
public protocol BrokerageEnd: Sendable {
    /// A driver for this end, probed.
    /// - Parameter isKnown: with the right credentials, or with wrong ones.
    func brokerage(isKnown: Bool) async throws -> any Brokerage
    /// What shares of AAPL are traded at from now on.
    func price(_ price: String) async throws
    /// What happens to the next orders, one each; names as in alpaca_server.py.
    func plan(_ orders: [String]) async throws
    /// What happens to the next cancellations.
    func planCancels(_ cancels: [String]) async throws
    /// How many executions there were; nil if the end does not count.
    func executions() async throws -> Int?
    /// What it can be made to do.
    var abilities: Set<BrokerageEndAbility> { get }
}

/// What an end does.
public enum BrokerageEndAbility: String, Sendable, CaseIterable {
    /// Keeps orders, and executes them when their price comes.
    case keepsOrders
    /// Keeps nothing.
    case forgets
    /// Knows good credentials from bad ones.
    case checksCredentials
    /// Loses, refuses, halves and delays orders as told.
    case misbehaves
    /// Takes an order for an amount exactly.
    case spendsAmounts
}
