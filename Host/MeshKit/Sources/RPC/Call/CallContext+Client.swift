public import Observe

/// Who a call is made for. The gateway sets this metadata once it has verified a session, and takes away what came from
/// outside under these names; services trust it, so their port must not be reachable from outside.
extension CallContext {
    /// The name of the metadata that says for which client (a user of the platform) a call is made.
    public static let clientMetadata = "lonja-client"
    /// The name of the metadata that says in which of the client's sessions.
    public static let sessionMetadata = "lonja-session"
    /// The name of the metadata that says when the client last proved who it is, in seconds since 1970.
    public static let authenticatedMetadata = "lonja-authenticated"
    /// The name of the metadata that says what the session key of the request may do: words with spaces between them.
    /// There is none where the request comes with the session itself.
    public static let scopesMetadata = "lonja-scopes"
    /// The name of the metadata that says which address the request came from.
    public static let addressMetadata = "lonja-address"
    /// The name of the metadata that says how the client's program names itself.
    public static let agentMetadata = "lonja-agent"

    /// The client that the call is made for.
    /// - Throws: UNAUTHENTICATED where the caller names none.
    public func client() throws(RPCError) -> String {
        guard let client = metadata[Self.clientMetadata], (1...64).contains(client.utf8.count) else {
            throw RPCError(.unauthenticated, "the call names no client")
        }
        return client
    }

    /// The id of the session that the call is made in.
    /// - Throws: UNAUTHENTICATED where the caller names none.
    public func session() throws(RPCError) -> String {
        guard let session = metadata[Self.sessionMetadata], (1...64).contains(session.utf8.count) else {
            throw RPCError(.unauthenticated, "the call names no session")
        }
        return session
    }

    /// When the client last proved who it is, by password or by another's word; nil where the caller doesn't say.
    public var authenticatedAt: WallTime? {
        guard let seconds = metadata[Self.authenticatedMetadata].flatMap(Int64.init) else { return nil }
        return WallTime(secondsSinceEpoch: seconds)
    }

    /// What the session key of the request may do; nil for what comes with the session itself, which may do everything.
    public var scopes: [String]? {
        metadata[Self.scopesMetadata].map { $0.split(separator: " ").map(String.init) }
    }

    /// The address that the request came from, without a port; nil where the caller names none.
    public var clientAddress: String? {
        metadata[Self.addressMetadata].flatMap { (1...64).contains($0.utf8.count) ? $0 : nil }
    }

    /// How the client's program names itself, at most 256 bytes of it; empty where it doesn't.
    public var clientAgent: String {
        guard let agent = metadata[Self.agentMetadata] else { return "" }
        return agent.utf8.count <= 256 ? agent : String(agent.unicodeScalars.prefix(64))
    }
}
