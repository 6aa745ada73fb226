public import Postgres
public import RPC

extension PostgresError: StatusConvertible {
    /// What a caller of the mesh is told: that the database is away, late, or in the way of another transaction.
    public var status: RPCError? {
        switch code {
        case .connection, .connectionLost, .poolExhausted, .closed:
            RPCError(.unavailable, "the database is not available")
        case .timeout: .deadlineExceeded
        case .cancelled: RPCError(.cancelled, "the call was cancelled")
        case .commitUnknown: RPCError(.unknown, "whether the change was made is not known")
        case .server where ["40001", "40P01"].contains(sqlState):
            RPCError(.aborted, "another change came first; try again")
        // Shutting down, starting, out of connections, a read-only standby: all pass.
        case .server where ["57P01", "57P02", "57P03", "53300", "25006"].contains(sqlState):
            RPCError(.unavailable, "the database is not available")
        case .server where sqlState == "57014": .deadlineExceeded
        default: nil
        }
    }
}
