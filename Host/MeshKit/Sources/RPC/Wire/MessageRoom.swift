/// Which calls of a connection may receive more of their messages, when all of them together hold much. A message can't
/// be bounded by its stream's window, as it is of use as a whole only; so a peer could make a server hold a message of
/// the greatest length on each of its streams. Here one call at a time goes on, once there is more than the limit: the
/// others keep what they have, and wait. A value without I/O.
struct MessageRoom {
    /// Bytes that calls may hold together before they wait.
    let limit: Int
    /// Bytes of messages that are not complete.
    private(set) var partial = 0
    /// Bytes of messages whose handler has not begun or is at work.
    private(set) var whole = 0
    /// The stream that goes on though there is no room.
    private var favoured: Int32?
    private var waiting: [Int32] = []

    init(limit: Int) {
        self.limit = limit
    }

    /// Whether a call waits.
    var isWaitedFor: Bool { !waiting.isEmpty }

    /// A call holds so many bytes more or less.
    mutating func changed(partial: Int, whole: Int) {
        self.partial += partial
        self.whole += whole
    }

    /// A message has come in part. Whether its peer may send more at once; if not, the stream waits for `next`.
    mutating func mayGrow(_ stream: Int32) -> Bool {
        if isRoomy || favoured == stream { return true }
        if favoured == nil, waiting.isEmpty, whole <= limit {
            favoured = stream
            return true
        }
        waiting.append(stream)
        return false
    }

    /// The message of a stream is complete, or will never be.
    mutating func stopped(_ stream: Int32) {
        if favoured == stream { favoured = nil }
        if isWaitedFor { waiting.removeAll { $0 == stream } }
    }

    /// The next stream that has waited and may go on; nil if none may.
    mutating func next() -> Int32? {
        guard isWaitedFor else { return nil }
        if !isRoomy {
            // The one that goes on ends as a whole message, which has to fit behind those that are worked with.
            guard favoured == nil, whole <= limit else { return nil }
            favoured = waiting[0]
        }
        return waiting.removeFirst()
    }

    private var isRoomy: Bool { partial + whole <= limit }
}
