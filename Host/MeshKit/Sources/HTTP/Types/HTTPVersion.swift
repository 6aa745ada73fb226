/// The version of HTTP a message came in.
public enum HTTPVersion: Hashable, Sendable {
    /// HTTP/1.0: no chunked coding, connections close unless asked otherwise.
    case http1_0
    /// HTTP/1.1 (RFC 9112).
    case http1_1
    /// HTTP/2 (RFC 9113).
    case http2
}

extension HTTPVersion: CustomStringConvertible {
    /// As logs and the wire name it: `HTTP/1.1`.
    public var description: String {
        switch self {
        case .http1_0: "HTTP/1.0"
        case .http1_1: "HTTP/1.1"
        case .http2: "HTTP/2"
        }
    }
}
