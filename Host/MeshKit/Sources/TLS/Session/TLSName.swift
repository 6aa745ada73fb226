/// Whom a client means to talk to: what the server's certificate must name.
public enum TLSName: Sendable, Hashable {
    /// A host, by DNS name or address, as everywhere in TLS.
    case host(String)
    /// A service of ours: a DNS name whose first label this is, wherever it runs.
    case service(String)
}
