internal import CSystemNGHTTP2
package import Reactor

/// Whoever reads and writes one stream. All on the connection's loop.
package protocol HTTP2StreamHandler: AnyObject {
    /// A block of fields after the first: a response's head, or trailers.
    func headers(_ block: borrowing HTTP2HeaderBlock, isEnd: Bool)
    /// Content. The peer's window grows only by `stream.consume`.
    func data(_ bytes: UnsafeRawBufferPointer)
    /// The peer has sent everything.
    func receivedEnd()
    /// The output has room again.
    func drained()
    /// The stream is gone: once, last. The code is 0 when both sides had ended it.
    func closed(_ code: HTTP2ErrorCode)
}

/// Why a stream or a connection ended (RFC 9113, 7).
package struct HTTP2ErrorCode: RawRepresentable, Hashable, Sendable {
    package let rawValue: UInt32
    package init(rawValue: UInt32) { self.rawValue = rawValue }

    package static let noError = HTTP2ErrorCode(rawValue: 0)
    package static let protocolError = HTTP2ErrorCode(rawValue: 1)
    package static let internalError = HTTP2ErrorCode(rawValue: 2)
    package static let settingsTimeout = HTTP2ErrorCode(rawValue: 4)
    package static let refusedStream = HTTP2ErrorCode(rawValue: 7)
    package static let cancel = HTTP2ErrorCode(rawValue: 8)
    package static let enhanceYourCalm = HTTP2ErrorCode(rawValue: 11)
    package static let inadequateSecurity = HTTP2ErrorCode(rawValue: 12)
    /// What a peer does wrong: PROTOCOL_ERROR, FLOW_CONTROL_ERROR, STREAM_CLOSED, FRAME_SIZE_ERROR, and REFUSED_STREAM.
    static let faults: Set<UInt32> = [1, 3, 5, 6, 7]
    /// Ours: the connection broke before the stream ended.
    package static let connectionLost = HTTP2ErrorCode(rawValue: .max)
}

/// One stream of an HTTP/2 connection: gathers output, gives window back. Loop only.
package final class HTTP2Stream {
    /// The handler is asked to wait above this many bytes, and told to go on at half of it.
    package static let highWater = 128 << 10

    package internal(set) var id: Int32
    package let connection: HTTP2Connection
    package var handler: (any HTTP2StreamHandler)?

    // The list of a connection's open streams.
    var next: HTTP2Stream?
    unowned(unsafe) var previous: HTTP2Stream?

    private var output: [UInt8] = []
    /// All of the content, instead of `output`.
    private var shared: SharedBytes?
    private var sent = 0
    /// Promised to a frame that is not out yet.
    private var unsent = 0
    private var isEnded = false
    private var trailers: HTTP2Fields?
    private var isDeferred = false
    /// The handler waits until no more than so many bytes are pending; -1 when it does not.
    private var wakeBelow = -1
    private var taken = 0
    private var stall: (since: MonotonicTime, taken: Int)?
    var unconsumed = 0
    /// Content that was read while the stream was held back.
    private var owed = 0
    /// What its request's fields take beyond what each may have; nothing once they are gone.
    var fieldBytes = 0
    private var isHandled = false
    private(set) var resetCode: HTTP2ErrorCode?
    package internal(set) var isClosed = false
    var sawEnd = false
    /// Its request stayed here, since the peer goes away: another connection may take it.
    var wasNeverSent = false

    init(id: Int32, connection: HTTP2Connection) {
        self.id = id
        self.connection = connection
    }

    /// Bytes that nghttp2 has not taken yet.
    package var pendingBytes: Int { (shared?.count ?? output.count) - sent }

    /// What its output takes, with those that have been sent and not dropped yet; nothing for what others have too.
    var heldBytes: Int { shared == nil ? output.count : 0 }

    /// Whether output is welcome. Where the answer is no, the handler hears `drained` when it is again.
    package var isWritable: Bool {
        let pending = pendingBytes
        let isFull = connection.heldBytes >= connection.settings.heldLimit
        // A stream of which nothing waits goes on, whatever the others do.
        if pending == 0 || pending < Self.highWater && !isFull { return true }
        tellWhenBelow(isFull ? 0 : Self.highWater / 2)
        return false
    }

    /// The handler hears `drained` when no more than so many bytes are pending.
    func tellWhenBelow(_ count: Int) {
        wakeBelow = max(wakeBelow, count)
    }

    /// Starts a server's answer. Content follows unless `end`.
    package func respond(_ fields: HTTP2Fields, end: Bool) {
        guard !isClosed else { return }
        hasAnswered = true
        connection.submitResponse(self, fields, end: end)
        if end { isEnded = true }
    }

    /// Adds content.
    package func write(_ bytes: [UInt8]) {
        guard !isClosed, !isEnded, !bytes.isEmpty else { return }
        if output.isEmpty {
            output = bytes
        } else {
            dropSent()
            output.append(contentsOf: bytes)
        }
        connection.heldBytes += bytes.count
        resume()
    }

    /// Gives back what has been sent, once that is as much as what waits: so each byte is moved once at the most.
    private func dropSent() {
        guard sent >= pendingBytes else { return }
        connection.heldBytes -= sent
        output = Array(output[sent...])
        sent = 0
    }

    /// Adds the only content there is, which goes out from where it is.
    package func write(_ bytes: SharedBytes) {
        guard !isClosed, !isEnded, bytes.count > 0 else { return }
        precondition(output.isEmpty && shared == nil, "shared bytes are the only content")
        shared = bytes
        resume()
    }

    /// Ends the content, with trailers or without.
    package func finish(_ trailers: HTTP2Fields? = nil) {
        guard !isClosed, !isEnded else { return }
        isEnded = true
        self.trailers = trailers
        resume()
    }

    /// Ends the stream once its output is out, if the peer has not ended its side by then.
    package func resetAfterOutput(_ code: HTTP2ErrorCode) {
        guard !isClosed else { return }
        resetCode = code
        connection.resetLater(self)
    }

    /// Whether this side has ended, and its content is out.
    package var hasSentEnd: Bool { isEnded && pendingBytes == 0 }

    /// Whether the peer has ended its side.
    package var hasReceivedEnd: Bool { sawEnd }

    /// Ends the stream at once, in both directions.
    package func reset(_ code: HTTP2ErrorCode) {
        guard !isClosed else { return }
        connection.submitReset(self, code)
    }

    /// So many bytes of content have been read: lets the peer send as many again.
    package func consume(_ count: Int) {
        precondition(count <= unconsumed || isClosed, "more was read than came")
        guard count > 0, !isClosed else { return }
        unconsumed -= count
        guard isHeldBack else { return connection.consume(id, count) }
        owed += count
        connection.consumeShared(count)
    }

    /// While it is, what is read makes no room on the stream, and its peer comes to a stop; others go on.
    package var isHeldBack = false {
        didSet {
            guard !isHeldBack, owed > 0, !isClosed else { return }
            connection.consumeOwed(id, owed)
            owed = 0
        }
    }

    /// All but so many bytes of the content have been read. Window that was given back early stays given: the count may
    /// be larger than what is unread.
    package func keepUnread(_ count: Int) {
        consume(max(0, unconsumed - count))
    }

    /// Whether an answer has begun.
    package private(set) var hasAnswered = false

    /// Somebody works for its request, until `handlerEnded`.
    package func handlerBegan() {
        isHandled = true
        connection.handlerCount += 1
    }

    /// The work is over, which may be long after the stream.
    package func handlerEnded() {
        isHandled = false
        connection.handlerCount -= 1
        dropFields()
    }

    /// The fields of its request are gone when nobody works with them any more and the stream has ended.
    func dropFields() {
        guard fieldBytes > 0, isClosed, !isHandled else { return }
        connection.fieldBytes -= fieldBytes
        fieldBytes = 0
    }

    /// A request without content was submitted.
    func markEnded() {
        isEnded = true
    }

    /// Whether output has waited for so long without any of it going out, as far as those know who look from time to
    /// time.
    func isStalled(at now: MonotonicTime, for patience: Duration) -> Bool {
        guard pendingBytes > 0 else {
            stall = nil
            return false
        }
        guard let stall, stall.taken == taken else {
            stall = (now, taken)
            return false
        }
        return stall.since.duration(to: now) >= patience
    }

    private func resume() {
        if isDeferred {
            isDeferred = false
            connection.resume(self)
        }
    }

    /// Fills a DATA frame; called by nghttp2 through the connection.
    func read(into space: UnsafeMutableRawBufferPointer, _ flags: UnsafeMutablePointer<UInt32>) -> Int {
        let count = min(space.count, pendingBytes)
        if shared != nil {
            // The frame's content is added by `send`, behind its head.
            if count > 0 { flags.pointee |= NGHTTP2_DATA_FLAG_NO_COPY.rawValue }
            unsent = count
        } else if count > 0 {
            output.withUnsafeBytes { bytes in
                space.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[sent..<(sent + count)]))
            }
            sent += count
            taken += count
            if sent == output.count {
                connection.heldBytes -= sent
                output = []
                sent = 0
            }
        }
        if isEnded, pendingBytes == unsent {
            flags.pointee |= NGHTTP2_DATA_FLAG_EOF.rawValue
            if let trailers {
                flags.pointee |= NGHTTP2_DATA_FLAG_NO_END_STREAM.rawValue
                connection.submitTrailers(self, trailers)
            }
        } else if count == 0 {
            isDeferred = true
            return Int(NGHTTP2_ERR_DEFERRED.rawValue)
        }
        connection.sentContent()
        if wakeBelow >= 0, pendingBytes <= wakeBelow {
            wakeBelow = -1
            connection.owesDrained(self)
        }
        return count
    }

    /// Sends the content of a DATA frame for which `read` has promised so many shared bytes.
    func send(_ count: Int, on transport: ByteStream) {
        guard let shared else { return }
        transport.write(shared, sent..<(sent + count))
        sent += count
        unsent = 0
    }
}
