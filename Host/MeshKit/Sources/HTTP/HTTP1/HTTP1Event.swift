/// What `HTTP1Parser` finds: a head, any number of pieces of content, an end.
enum HTTP1Event {
    case head(HTTP1RequestHead)
    /// Content, never empty; it is part of the input and valid as long as that is.
    case body(UnsafeRawBufferPointer)
    case end
}

/// A request's head with what it says about the connection.
struct HTTP1RequestHead {
    /// How the content is framed (RFC 9112 §6.3).
    enum Framing: Hashable {
        case none
        /// At least one byte.
        case length(Int)
        case chunked
    }

    let head: HTTPRequestHead
    let framing: Framing
    /// Whether the connection may go on after this exchange (RFC 9112 §9.3).
    let keepsAlive: Bool
    /// Whether the peer waits for `100 Continue` (RFC 9110 §10.1.1).
    let expectsContinue: Bool
}
