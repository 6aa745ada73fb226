/// Says who may call what: authorisation. Asked once for each method, so that a call itself looks nothing up.
public protocol CallGate: Sendable {
    /// The rule of a method; nil lets everybody in.
    func rule(of method: RPCMethod) -> (any CallRule)?
}

/// Who may call one method. Callers of this process are asked about too: `context.peer` tells them apart.
public protocol CallRule: AnyObject, Sendable {
    /// Asked before any code of the handler runs, on the thread of the call: be quick, never block.
    /// - Throws: what the caller is told, PERMISSION_DENIED or UNAUTHENTICATED.
    func admit(_ context: CallContext) throws(RPCError)
}
