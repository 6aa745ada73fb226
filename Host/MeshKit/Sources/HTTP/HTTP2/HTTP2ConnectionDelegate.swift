package import Reactor

/// What an HTTP/2 connection tells its owner. All on its loop.
package protocol HTTP2ConnectionDelegate: AnyObject {
    /// A request has begun (server only). Nil refuses the stream; a handler that answers at once may be given as well.
    func accept(
        _ stream: HTTP2Stream,
        _ block: borrowing HTTP2HeaderBlock,
        isEnd: Bool
    ) -> (any HTTP2StreamHandler)?
    /// The peer's first SETTINGS are there (client: calls may go out).
    func ready()
    /// The peer goes away: no new streams here.
    func goingAway()
    /// The connection is gone; its streams have been told.
    func closed(_ error: SystemError?)
}
