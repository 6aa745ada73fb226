internal import CSystemNGHTTP2
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

/// One HTTP/2 connection, of either side, on a `ByteStream`: frames by libnghttp2, output gathered until the end of the
/// loop's turn, window returned when content is read. Owns the nghttp2 session. Loop only.
package final class HTTP2Connection: ByteStreamDelegate, EndOfTurn {
    /// Which side this is.
    package enum Role: Sendable { case server, client }

    package let role: Role
    package let transport: ByteStream
    package let settings: HTTP2Settings
    /// Retained until the connection is closed: a weak reference would make every use of it slow.
    package var delegate: (any HTTP2ConnectionDelegate)?
    package var loop: EventLoop { transport.loop }

    /// Streams that are open.
    package private(set) var streamCount = 0
    /// Handlers at work; a stream that was reset counts until its handler has ended (rapid reset).
    package var handlerCount = 0
    /// Whether the peer has said that it goes away, or we have.
    package private(set) var isGoingAway = false
    /// Whether the peer's SETTINGS have come.
    package private(set) var isReady = false

    /// Streams that the peer takes at once, as its SETTINGS say.
    package var peerStreamLimit: Int {
        Int(nghttp2_session_get_remote_settings(session, NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS))
    }

    private var session: OpaquePointer?
    private var block = HTTP2HeaderBlock()
    private var resetting: [HTTP2Stream] = []
    private var first: HTTP2Stream?
    private var willFlush = false
    /// Frames gathered in the loop's scratch space, within `pull`.
    private var filled = 0
    private var drainedStreams: [HTTP2Stream] = []
    private var isClosed = false
    private var lastActivity: MonotonicTime
    private var timer: LoopTimer?
    private var sentFinalGoaway = false
    private var stalledSince: MonotonicTime?
    private var stalledBytes = 0
    private var budget: HTTP2ErrorBudget
    /// The header block that has begun and not ended: its stream, and since when.
    private var openBlock: (id: Int32, since: MonotonicTime)?

    /// Takes over a byte stream; call `start`.
    package init(_ role: Role, transport: ByteStream, settings: HTTP2Settings) {
        self.role = role
        self.transport = transport
        self.settings = settings
        lastActivity = transport.loop.now
        budget = HTTP2ErrorBudget(burst: settings.resetBurst, rate: settings.resetRate, now: lastActivity)
    }

    deinit {
        nghttp2_session_del(session)
    }

    /// Sends SETTINGS and begins. `initial` is what has been read already.
    package func start(initial: UnsafeRawBufferPointer? = nil) {
        transport.delegate = self
        let callbacks = HTTP2Callbacks.shared.pointer
        let me = Unmanaged.passUnretained(self).toOpaque()
        var option: OpaquePointer?
        nghttp2_option_new(&option)
        nghttp2_option_set_no_auto_window_update(option, 1)
        nghttp2_option_set_max_settings(option, 32)
        nghttp2_option_set_max_continuations(option, 8)
        nghttp2_option_set_max_outbound_ack(option, settings.maximumQueuedAnswers)
        nghttp2_option_set_stream_reset_rate_limit(option, settings.resetBurst, settings.resetRate)
        if role == .server {
            nghttp2_session_server_new2(&session, callbacks, me, option)
        } else {
            nghttp2_session_client_new2(&session, callbacks, me, option)
        }
        nghttp2_option_del(option)
        var entries = [
            nghttp2_settings_entry(
                settings_id: Int32(NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE.rawValue),
                value: UInt32(settings.streamWindow)
            ),
            nghttp2_settings_entry(
                settings_id: Int32(NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE.rawValue),
                value: UInt32(settings.maximumHeaderList)
            ),
        ]
        if role == .server {
            entries.append(
                nghttp2_settings_entry(
                    settings_id: Int32(NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS.rawValue),
                    value: UInt32(settings.maximumStreams)
                )
            )
        } else {
            entries.append(
                nghttp2_settings_entry(settings_id: Int32(NGHTTP2_SETTINGS_ENABLE_PUSH.rawValue), value: 0)
            )
        }
        nghttp2_submit_settings(session, UInt8(NGHTTP2_FLAG_NONE.rawValue), entries, entries.count)
        nghttp2_session_set_local_window_size(
            session,
            UInt8(NGHTTP2_FLAG_NONE.rawValue),
            0,
            Int32(settings.connectionWindow)
        )
        flushLater()
        scheduleCheck(after: settings.prefaceTimeout)
        if let initial { received(initial) }
    }

    /// Opens a stream with a request (client only).
    package func open(_ fields: HTTP2Fields, end: Bool, _ handler: any HTTP2StreamHandler) -> HTTP2Stream? {
        guard !isClosed, !isGoingAway else { return nil }
        let stream = HTTP2Stream(id: 0, connection: self)
        stream.handler = handler
        let pointer = Unmanaged.passUnretained(stream).toOpaque()
        let id = fields.withEntries { entries, count in
            withProvider(stream, end: end) { nghttp2_submit_request(session, nil, entries, count, $0, pointer) }
        }
        guard id > 0 else { return nil }
        stream.id = id
        if end { stream.markEnded() }
        insert(stream)
        flushLater()
        return stream
    }

    /// Asks the peer to open no more streams; those that are open go on. The connection closes after the last.
    package func drain() {
        guard !isClosed, role == .server, !isGoingAway else { return }
        isGoingAway = true
        // Two steps, so that requests already on their way are served (RFC 9113, 6.8).
        nghttp2_submit_shutdown_notice(session)
        nghttp2_submit_ping(session, UInt8(NGHTTP2_FLAG_NONE.rawValue), nil)
        loop.schedule(after: .seconds(1)) { self.finalGoaway() }
        flushLater()
    }

    /// Closes now; open streams are told that the connection is lost.
    package func close() {
        transport.close()
    }

    // MARK: ByteStreamDelegate

    package func received(_ bytes: UnsafeRawBufferPointer) {
        lastActivity = loop.now
        let count = nghttp2_session_mem_recv(session, bytes.bindMemory(to: UInt8.self).baseAddress, bytes.count)
        guard count >= 0 else {
            // Not HTTP/2, or a flood: nghttp2 has queued a GOAWAY if one makes sense.
            pull()
            return transport.closeAfterFlush()
        }
        flushLater()
    }

    package func receivedEnd() {
        transport.close()
    }

    package func drained() {
        flushLater()
    }

    package func closed(_ error: SystemError?) {
        guard !isClosed else { return }
        isClosed = true
        isGoingAway = true
        timer?.cancel()
        timer = nil
        while let stream = first {
            remove(stream)
            stream.isClosed = true
            let handler = stream.handler
            stream.handler = nil
            handler?.closed(.connectionLost)
        }
        let owner = delegate
        delegate = nil
        owner?.closed(error)
    }

    // MARK: Output

    /// Sends the frames made in this turn.
    package func endOfTurn() {
        willFlush = false
        pull()
        guard !resetting.isEmpty, !isClosed else { return }
        let waiting = resetting
        resetting = []
        for stream in waiting where !stream.isClosed {
            // Output that the peer's window holds back goes first.
            if stream.pendingBytes > 0 {
                resetting.append(stream)
            } else {
                submitReset(stream, stream.resetCode ?? .cancel)
            }
        }
        pull()
    }

    func flushLater() {
        guard !willFlush, !isClosed else { return }
        willFlush = true
        loop.atEndOfTurn(self)
    }

    private func pull() {
        let scratch = loop.scratchBuffer
        while !isClosed, transport.pendingBytes < settings.outputLimit {
            var pointer: UnsafePointer<UInt8>?
            let count = nghttp2_session_mem_send(session, &pointer)
            guard count > 0, let pointer else { break }
            let chunk = UnsafeRawBufferPointer(start: pointer, count: count)
            if filled + count > scratch.count { sendFilled() }
            if count > scratch.count {
                transport.writeNow(chunk)
            } else {
                UnsafeMutableRawBufferPointer(rebasing: scratch[filled..<(filled + count)]).copyMemory(from: chunk)
                filled += count
            }
        }
        sendFilled()
        if !isClosed {
            if nghttp2_session_want_read(session) == 0, nghttp2_session_want_write(session) == 0 {
                transport.closeAfterFlush()
            }
            let owed = drainedStreams
            drainedStreams = []
            for stream in owed where !stream.isClosed { stream.handler?.drained() }
        }
    }

    /// Sends the frames that were gathered; behind bytes that wait they are kept for the end of the turn.
    private func sendFilled() {
        guard filled > 0 else { return }
        transport.writeNow(UnsafeRawBufferPointer(rebasing: loop.scratchBuffer[..<filled]))
        filled = 0
    }

    /// Sends a DATA frame whose content is shared: its head, and so many bytes of the stream's.
    func send(_ head: UnsafeRawBufferPointer, _ stream: HTTP2Stream, _ count: Int) {
        transport.write(UnsafeRawBufferPointer(rebasing: loop.scratchBuffer[..<filled]))
        filled = 0
        transport.write(head)
        stream.send(count, on: transport)
    }

    func submitResponse(_ stream: HTTP2Stream, _ fields: HTTP2Fields, end: Bool) {
        _ = fields.withEntries { entries, count in
            withProvider(stream, end: end) { nghttp2_submit_response(session, stream.id, entries, count, $0) }
        }
        flushLater()
    }

    func submitTrailers(_ stream: HTTP2Stream, _ fields: HTTP2Fields) {
        _ = fields.withEntries { entries, count in nghttp2_submit_trailer(session, stream.id, entries, count) }
    }

    func submitReset(_ stream: HTTP2Stream, _ code: HTTP2ErrorCode) {
        nghttp2_submit_rst_stream(session, UInt8(NGHTTP2_FLAG_NONE.rawValue), stream.id, code.rawValue)
        flushLater()
    }

    /// The reset goes out behind the stream's last frame: with the next turn's output.
    func resetLater(_ stream: HTTP2Stream) {
        resetting.append(stream)
        flushLater()
    }

    func consume(_ id: Int32, _ count: Int) {
        nghttp2_session_consume(session, id, count)
        flushLater()
    }

    func resume(_ stream: HTTP2Stream) {
        nghttp2_session_resume_data(session, stream.id)
        flushLater()
    }

    func owesDrained(_ stream: HTTP2Stream) {
        drainedStreams.append(stream)
    }

    private func withProvider<Result>(
        _ stream: HTTP2Stream,
        end: Bool,
        _ body: (UnsafePointer<nghttp2_data_provider>?) -> Result
    ) -> Result {
        if end { return body(nil) }
        var provider = nghttp2_data_provider()
        provider.source.ptr = Unmanaged.passUnretained(stream).toOpaque()
        provider.read_callback = HTTP2Callbacks.read
        return body(&provider)
    }

    // MARK: Called by nghttp2, inside mem_recv or mem_send

    func beginHeaders(_ id: Int32, isRequest: Bool) {
        block.reset()
        openBlock = (id, loop.now)
        guard isRequest else { return }
        let stream = HTTP2Stream(id: id, connection: self)
        nghttp2_session_set_stream_user_data(session, id, Unmanaged.passUnretained(stream).toOpaque())
        insert(stream)
    }

    func header(_ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) {
        block.append(name, value, limit: settings.maximumHeaderList)
    }

    func headersComplete(_ stream: HTTP2Stream, isRequest: Bool, isEnd: Bool) {
        openBlock = nil
        if isEnd { stream.sawEnd = true }
        guard isRequest else {
            stream.handler?.headers(block, isEnd: isEnd)
            return
        }
        guard handlerCount < settings.maximumStreams, let delegate else {
            return submitReset(stream, .refusedStream)
        }
        guard let handler = delegate.accept(stream, block, isEnd: isEnd) else {
            if !stream.isClosed, !stream.hasAnswered { submitReset(stream, .refusedStream) }
            return
        }
        stream.handler = handler
        if isEnd { handler.receivedEnd() }
    }

    func data(_ stream: HTTP2Stream, _ bytes: UnsafeRawBufferPointer) {
        guard let handler = stream.handler else { return consume(stream.id, bytes.count) }
        stream.unconsumed += bytes.count
        handler.data(bytes)
    }

    func dataEnd(_ stream: HTTP2Stream) {
        guard !stream.sawEnd else { return }
        stream.sawEnd = true
        stream.handler?.receivedEnd()
    }

    func streamClosed(_ stream: HTTP2Stream, _ code: UInt32) {
        guard !stream.isClosed else { return }
        // What nobody has read still counts against the connection's window: give it back.
        if stream.unconsumed > 0 {
            nghttp2_session_consume_connection(session, stream.unconsumed)
        }
        stream.isClosed = true
        remove(stream)
        if openBlock?.id == stream.id { openBlock = nil }
        let handler = stream.handler
        stream.handler = nil
        handler?.closed(stream.wasNeverSent ? .refusedStream : HTTP2ErrorCode(rawValue: code))
        if role == .server, HTTP2ErrorCode.faults.contains(code), !budget.take(at: lastActivity) {
            // GOAWAY, after which nghttp2 wants nothing more and the connection is closed.
            nghttp2_session_terminate_session(session, HTTP2ErrorCode.enhanceYourCalm.rawValue)
            flushLater()
        }
    }

    func settingsReceived() {
        guard !isReady else { return }
        isReady = true
        delegate?.ready()
    }

    func goawayReceived() {
        guard role == .client, !isGoingAway else { return }
        isGoingAway = true
        delegate?.goingAway()
    }

    func pingAcknowledged() {
        if role == .server, isGoingAway { finalGoaway() }
    }

    // MARK: Private

    private func finalGoaway() {
        guard !isClosed, !sentFinalGoaway else { return }
        sentFinalGoaway = true
        let last = nghttp2_session_get_last_proc_stream_id(session)
        nghttp2_submit_goaway(session, UInt8(NGHTTP2_FLAG_NONE.rawValue), last, 0, nil, 0)
        flushLater()
    }

    private func insert(_ stream: HTTP2Stream) {
        streamCount += 1
        stream.next = first
        first?.previous = stream
        first = stream
    }

    private func remove(_ stream: HTTP2Stream) {
        streamCount -= 1
        if let previous = stream.previous { previous.next = stream.next } else { first = stream.next }
        stream.next?.previous = stream.previous
        stream.next = nil
        stream.previous = nil
    }

    private func scheduleCheck(after delay: Duration) {
        timer = loop.schedule(after: delay) { self.check() }
    }

    /// Looks after slow and idle peers.
    private func check() {
        guard !isClosed else { return }
        let now = loop.now
        guard isReady else { return transport.close() }
        if let since = openBlock?.since, since.duration(to: now) >= settings.prefaceTimeout { return transport.close() }
        resetStalled(now)
        if transport.pendingBytes > 0, transport.pendingBytes == stalledBytes {
            let since = stalledSince ?? now
            stalledSince = since
            if since.duration(to: now) >= settings.writeTimeout { return transport.close() }
        } else {
            stalledBytes = transport.pendingBytes
            stalledSince = nil
        }
        if let idle = settings.idleTimeout, streamCount == 0, handlerCount == 0,
            lastActivity.duration(to: now) >= idle
        {
            if role == .server { drain() } else { transport.close() }
        }
        if !isClosed { scheduleCheck(after: .seconds(5)) }
    }

    /// Ends the streams whose peer asked for something and gives no window to send it.
    private func resetStalled(_ now: MonotonicTime) {
        guard let patience = settings.windowTimeout else { return }
        var next = first
        while let stream = next {
            next = stream.next
            if stream.isStalled(at: now, for: patience) { submitReset(stream, .cancel) }
        }
    }
}
