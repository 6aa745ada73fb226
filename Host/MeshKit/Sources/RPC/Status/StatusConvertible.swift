/// An error of a library below that knows which status a caller is told: a database that is gone is UNAVAILABLE.
public protocol StatusConvertible: Error {
    /// The status; nil for a mistake of ours, which callers see as INTERNAL and the log has in full.
    var status: RPCError? { get }
}
