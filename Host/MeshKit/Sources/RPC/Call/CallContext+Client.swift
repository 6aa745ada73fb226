extension CallContext {
    /// The name of the metadata that says for which client (a user of the platform) a call is made. Set by the gateway
    /// once it has verified a session; services trust it, so their port must not be reachable from outside.
    public static let clientMetadata = "lonja-client"

    /// The client that the call is made for.
    /// - Throws: UNAUTHENTICATED where the caller names none.
    public func client() throws(RPCError) -> String {
        guard let client = metadata[Self.clientMetadata], (1...64).contains(client.utf8.count) else {
            throw RPCError(.unauthenticated, "the call names no client")
        }
        return client
    }
}
