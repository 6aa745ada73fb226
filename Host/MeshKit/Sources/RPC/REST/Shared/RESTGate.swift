public import HTTP
public import Reactor

/// What a gate keeps of a request between its coming and its answer; who lets go of it lets the request leave.
public protocol RESTTicket: AnyObject, Sendable {}

/// Lets in requests of routes that answer everybody the same (``RESTRoute/admitted(by:)``), many together and without a task
/// for each. It stands for the route's filters, and lets in only what they would let through, unchanged: everything else it
/// leaves to them.
public protocol RESTGate: Sendable {
    /// A request has come; nil for one that the filters have to look at. On the request's loop; quick.
    func arrive(_ call: RESTCall, at now: MonotonicTime) -> (any RESTTicket)?

    /// Asks what has to be known of all who have come to a route, once for all of them. What it throws leaves them to the
    /// filters.
    func prepare(_ access: RESTAccess, _ context: CallContext) async throws

    /// Lets a request in, after ``prepare(_:_:)``; nil leaves it to the filters. On the request's loop; quick.
    /// - Returns: fields that its answer has beside those that everybody's has.
    func admit(_ ticket: any RESTTicket, at now: MonotonicTime) -> HTTPFields?
}
