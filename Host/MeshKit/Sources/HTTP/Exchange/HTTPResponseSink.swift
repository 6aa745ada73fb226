/// What a connection of either version gives its handler side: loop only. A connection of HTTP/1.x and a stream of
/// HTTP/2 implement it, and in turn call `outputDrained()` and `abort(_:)` of the exchange.
///
/// Order of calls: `send` once, or `sendHead` once, `sendBody` any number of times, `sendEnd` once; or `reset` at any moment instead of
/// what is left. `handlerEnded` comes once, last of all, also after `abort`.
protocol HTTPResponseSink: HTTPBodySource {
    /// Sends the head of the final response. With `end` nothing follows (then neither `sendBody` nor `sendEnd` come).
    func sendHead(_ head: HTTPResponseHead, end: Bool)
    /// Sends an answer that was made before and fields beside its own, in whole: instead of the other three.
    func send(_ answer: HTTPPreparedResponse, adding fields: HTTPFields, withContent: Bool)
    /// Sends content; the sink buffers what the peer's window or the socket does not take.
    func sendBody(_ bytes: [UInt8])
    /// Bytes of this exchange not yet taken by the socket; the exchange waits while these are too many.
    var bufferedBytes: Int { get }
    /// Calls `outputDrained()` after this turn, if there is room then.
    func looksForRoomAtEndOfTurn()
    /// Calls `outputDrained()` once no more than so many bytes are buffered; to be asked again before each wait.
    func tellsOfRoom(below count: Int)
    /// Has the kernel keep no more than so many bytes that the peer has no room for.
    func limitUnsent(_ bytes: Int)
    /// Ends the content.
    func sendEnd(trailers: HTTPFields?)
    /// The handler failed halfway: cut off so that the peer sees an incomplete response.
    func reset()
    /// The handler has returned: the slot of this exchange may be given to another. The body pipe discards from now on.
    func handlerEnded()
}

extension HTTPResponseSink {
    /// A stream of HTTP/2 has a window of its own, which bounds what is on its way.
    func limitUnsent(_ bytes: Int) {}

    /// A stream of HTTP/2 says itself when it has room.
    func looksForRoomAtEndOfTurn() {}

    /// A socket says itself when it has room.
    func tellsOfRoom(below count: Int) {}
}
