/// Which sides of a method send more than one message.
public enum RPCKind: Sendable {
    /// One request, one response.
    case unary
    /// Many requests, one response.
    case clientStreaming
    /// One request, many responses.
    case serverStreaming
    /// Many requests, many responses, in any interleaving.
    case bidirectional
}
