/// What became of an order.
public enum BrokerageOutcome: Sendable {
    /// All that ever will be was executed: the whole order, or a part of it.
    case filled(BrokerageFill)
    /// It waits for its price, or is just being executed.
    case open
    /// It was taken back before anything of it was executed.
    case cancelled
    /// Its time was over before anything of it was executed.
    case expired
    /// It never will be executed, for a reason that is a stable code: lower case, with hyphens.
    case refused(String)
}
