public import RPC
public import Valkey

extension ValkeyError: StatusConvertible {
    /// What a caller of the mesh is told: that the store is away, late or full.
    public var status: RPCError? {
        switch code {
        case .connection, .closed, .overloaded, .readOnly, .loading, .primaryDown, .outOfMemory:
            RPCError(.unavailable, "the store is not available")
        case .timeout: .deadlineExceeded
        case .cancelled: RPCError(.cancelled, "the call was cancelled")
        default: nil
        }
    }
}
