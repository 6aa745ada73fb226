/// One place where a server may be, and what is asked of it there.
struct ConnectionCandidate: Equatable {
    let host: PostgresConfiguration.Host
    /// The numeric address; nil for a unix socket.
    let address: String?
    let target: PostgresConfiguration.Target
}
