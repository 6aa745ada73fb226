/// What became of an order.
public enum BrokerageOutcome: Sendable {
    /// It was executed.
    case filled(BrokerageFill)
    /// It waits for its price.
    case open
    /// It never will be executed, for a reason that is a stable code: lower case, with hyphens.
    case refused(String)
}
