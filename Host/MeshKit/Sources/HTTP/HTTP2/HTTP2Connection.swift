internal import CSystemNGHTTP2
import Observe
package import Reactor

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
    package internal(set) var handlerCount = 0
    /// What the fields of requests take beyond what each may have, until their streams and handlers have ended.
    var fieldBytes = 0
    /// Whether the peer has said that it goes away, or we have.
    package private(set) var isGoingAway = false
    /// Whether the peer's SETTINGS have come.
    package private(set) var isReady = false

    /// Streams that the peer takes at once, as its SETTINGS say.
    package var peerStreamLimit: Int {
        Int(nghttp2_session_get_remote_settings(session, NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS))
    }

    /// Bytes of content of all streams that wait for the peer's window, or have not been dropped since they were sent.
    var heldBytes = 0
    /// What has gone over it, for people who look.
    package private(set) var traffic: HTTP2Traffic

    private var ownedSession: HTTP2Session?
    /// What is owned; apart, as it is used in each step.
    private(set) var session: OpaquePointer?
    private var isReadAhead = false
    private var block = HTTP2HeaderBlock()
    private var resetting: [HTTP2Stream] = []
    private(set) var first: HTTP2Stream?
    private var willFlush = false
    /// Frames gathered in the loop's scratch space, within `pull`.
    private var filled = 0
    private var drainedStreams: [HTTP2Stream] = []
    private(set) var isClosed = false
    /// When something last came.
    private(set) var heard: MonotonicTime
    private(set) var isAcknowledged = false
    /// Bytes given to the transport.
    private(set) var writtenBytes = 0
    /// The header block that has begun and not ended: its stream, and since when.
    private(set) var openBlock: (id: Int32, since: MonotonicTime)?
    /// Streams that began in the turn of that time; the first field of one too many stops the reading.
    private var begun: (turn: MonotonicTime, streams: Int)
    private var stopsReading = false
    /// What came behind that, for the next turn.
    private var held: [UInt8]?
    private var isReadingPaused = false

    /// What a peer does too much of; nil for a client, which has chosen its server.
    private var budget: HTTP2AbuseBudget?
    /// What it was that ends the connection.
    private var abuse: HTTP2Abuse?
    private(set) var isCutOff = false
    var watch: HTTP2Watch
    var timer: (timer: LoopTimer, time: MonotonicTime)?
    private let attention: Duration?
    private var sentFinalGoaway = false

    /// Takes over a byte stream; call `start`.
    package init(_ role: Role, transport: ByteStream, settings: HTTP2Settings) {
        self.role = role
        self.transport = transport
        self.settings = settings
        let now = transport.loop.now
        heard = now
        begun = (now, 0)
        traffic = HTTP2Traffic(begun: now)
        if role == .server { budget = HTTP2AbuseBudget(settings, now: now) }
        watch = HTTP2Watch(settings, now: now, spread: .random(in: 0.9...1.1))
        attention = HTTP2Watch.attention(settings)
    }

    /// Sends SETTINGS and begins. `initial` is what has been read already.
    package func start(initial: UnsafeRawBufferPointer? = nil) {
        transport.delegate = self
        let made = HTTP2Session(role, settings, owner: Unmanaged.passUnretained(self).toOpaque())
        session = made.pointer
        ownedSession = consume made
        flushLater()
        look(at: watch.first)
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
        // Out before the PING, which nghttp2 prefers: the answer is to say that the peer has read both.
        pull()
        submitPing(Self.goawayPing)
        look(at: watch.leaves(at: loop.now))
        flushLater()
    }

    /// Lends the handler of each open stream.
    package func forEachHandler(_ body: (any HTTP2StreamHandler) -> Void) {
        var next = first
        while let stream = next {
            next = stream.next
            if let handler = stream.handler { body(handler) }
        }
    }

    /// Closes once what was given has been sent, as far as the peer takes it; nothing is read any more.
    package func closeAfterOutput() {
        guard !isClosed else { return }
        pull()
        transport.closeAfterFlush()
    }

    /// Closes now; open streams are told that the connection is lost.
    package func close() {
        transport.close()
    }

    // MARK: ByteStreamDelegate

    package func received(_ bytes: UnsafeRawBufferPointer) {
        heard = loop.now
        traffic.received(bytes.count, at: heard)
        guard held == nil else {
            // Reading stops, but what the layer below had read already may still come.
            held?.append(contentsOf: bytes)
            return
        }
        feed(bytes)
    }

    package func receivedEnd() {
        transport.close()
    }

    package func drained() {
        watch.outputIsOut()
        updateReading()
        flushLater()
    }

    /// Gives nghttp2 what came, as far as this turn goes.
    private func feed(_ bytes: UnsafeRawBufferPointer) {
        guard abuse == nil, !isClosed else { return }
        if begun.turn != loop.now { begun = (loop.now, 0) }
        let count = nghttp2_session_mem_recv(session, bytes.bindMemory(to: UInt8.self).baseAddress, bytes.count)
        guard count >= 0 else { return failed(Int32(count)) }
        if stopsReading {
            stopsReading = false
            holdBack(UnsafeRawBufferPointer(rebasing: bytes[count...]))
        }
        if let openBlock { look(at: openBlock.since.advanced(by: settings.headerBlockTimeout)) }
        flushLater()
    }

    /// Keeps what came for the next turn, so that one connection full of requests does not hold up the others.
    private func holdBack(_ bytes: UnsafeRawBufferPointer) {
        held = [UInt8](bytes)
        updateReading()
        // A timer of no time fires in the next turn: this one has begun before it.
        loop.schedule(after: .zero) {
            guard let bytes = self.held else { return }
            self.held = nil
            bytes.withUnsafeBytes { self.feed($0) }
            if self.held == nil { self.updateReading() }
        }
    }

    /// Reads or not. A server whose answers are not read reads no more questions.
    private func updateReading() {
        guard !isClosed, abuse == nil else { return }
        let isUnread = transport.isFull && transport.pendingBytes >= settings.outputLimit
        let pauses = held != nil || role == .server && isUnread
        guard pauses != isReadingPaused else { return }
        isReadingPaused = pauses
        pauses ? transport.pauseReading() : transport.resumeReading()
    }

    /// nghttp2 goes no further: what came is not HTTP/2 (it has queued a GOAWAY, if one makes sense), or a flood.
    private func failed(_ code: Int32) {
        if abuse == nil {
            if code == NGHTTP2_ERR_FLOODED.rawValue { abuse = .queuedAnswers }
        }
        guard let abuse else { return closeAfterOutput() }
        cutOff(abuse)
    }

    /// Ends the connection for what its peer did, and says so to the peer, the log and the metrics.
    func cutOff(_ reason: HTTP2Abuse) {
        guard !isClosed, !isCutOff else { return }
        isCutOff = true
        abuse = reason
        settings.abuse?.report(reason.rawValue, peer: transport.remote?.description)
        settings.penalties?.strike(transport.remote, for: reason, at: loop.now)
        guard let code = reason.code else { return transport.close() }
        let text = reason.debugData
        nghttp2_submit_goaway(
            session,
            UInt8(NGHTTP2_FLAG_NONE.rawValue),
            nghttp2_session_get_last_proc_stream_id(session),
            code.rawValue,
            text.utf8Start,
            text.utf8CodeUnitCount
        )
        isGoingAway = true
        closeAfterOutput()
        guard !isClosed else { return }
        // It is not read either.
        timer?.timer.cancel()
        let end = loop.now.advanced(by: Self.lastWords)
        timer = (loop.schedule(at: end) { self.transport.close() }, end)
    }

    package func closed(_ error: SystemError?) {
        guard !isClosed else { return }
        isClosed = true
        isGoingAway = true
        timer?.timer.cancel()
        timer = nil
        held = nil
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
            traffic.sent(count)
            let chunk = UnsafeRawBufferPointer(start: pointer, count: count)
            if filled + count > scratch.count { sendFilled() }
            if count > scratch.count {
                writtenBytes += count
                transport.writeNow(chunk)
            } else {
                UnsafeMutableRawBufferPointer(rebasing: scratch[filled..<(filled + count)]).copyMemory(from: chunk)
                filled += count
            }
        }
        sendFilled()
        guard !isClosed else { return }
        if nghttp2_session_want_read(session) == 0, nghttp2_session_want_write(session) == 0 {
            transport.closeAfterFlush()
        }
        if transport.isFull {
            let taken = writtenBytes - transport.pendingBytes
            if let time = watch.outputWaits(taken: taken, at: loop.now) { look(at: time) }
            updateReading()
        } else if transport.pendingBytes >= settings.outputLimit {
            // It has been gathered for the end of the turn, when all of it may go: there may be more behind it.
            flushLater()
        }
        if !drainedStreams.isEmpty {
            let owed = drainedStreams
            drainedStreams = []
            for stream in owed where !stream.isClosed { stream.handler?.drained() }
        }
    }

    /// Sends the frames that were gathered; behind bytes that wait they are kept for the end of the turn.
    private func sendFilled() {
        guard filled > 0 else { return }
        writtenBytes += filled
        transport.writeNow(UnsafeRawBufferPointer(rebasing: loop.scratchBuffer[..<filled]))
        filled = 0
    }

    /// Sends a DATA frame whose content is shared: its head, and so many bytes of the stream's.
    func send(_ head: UnsafeRawBufferPointer, _ stream: HTTP2Stream, _ count: Int) {
        transport.write(UnsafeRawBufferPointer(rebasing: loop.scratchBuffer[..<filled]))
        writtenBytes += filled + head.count + count
        filled = 0
        traffic.sent(head.count + count)
        transport.write(head)
        stream.send(count, on: transport)
    }

    func submitResponse(_ stream: HTTP2Stream, _ fields: HTTP2Fields, end: Bool) {
        budget?.answered()
        _ = fields.withEntries { entries, count in
            withProvider(stream, end: end) { nghttp2_submit_response(session, stream.id, entries, count, $0) }
        }
        flushLater()
    }

    func submitTrailers(_ stream: HTTP2Stream, _ fields: HTTP2Fields) {
        _ = fields.withEntries { entries, count in nghttp2_submit_trailer(session, stream.id, entries, count) }
    }

    private func submitPing(_ data: UInt64) {
        withUnsafeBytes(of: data) { bytes in
            _ = nghttp2_submit_ping(
                session,
                UInt8(NGHTTP2_FLAG_NONE.rawValue),
                bytes.bindMemory(to: UInt8.self).baseAddress
            )
        }
        flushLater()
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

    /// Gives room back to the connection alone.
    func consumeShared(_ count: Int) {
        nghttp2_session_consume_connection(session, count)
        flushLater()
    }

    /// Gives room back to a stream, for which the connection has it already.
    func consumeOwed(_ id: Int32, _ count: Int) {
        nghttp2_session_consume_stream(session, id, count)
        flushLater()
    }

    func resume(_ stream: HTTP2Stream) {
        nghttp2_session_resume_data(session, stream.id)
        flushLater()
    }

    /// A frame of content is on its way.
    func sentContent() {
        budget?.sent()
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

    /// A frame begins. False ends the connection.
    func frame(_ type: UInt8, flags: UInt8, length: Int) -> Bool {
        abuse = budget?.frame(type, flags: flags, length: length, streams: streamCount, at: heard)
        return abuse == nil
    }

    /// A frame of content has come, padding and all. False ends the connection.
    func paddedContent(_ length: Int, isEnd: Bool) -> Bool {
        abuse = budget?.content(length, isEnd: isEnd)
        return abuse == nil
    }

    func beginHeaders(_ id: Int32, isRequest: Bool) {
        block.reset()
        openBlock = (id, heard)
        guard isRequest else { return }
        budget?.opened()
        begun.streams += 1
        if begun.streams > settings.streamsPerTurn { stopsReading = true }
        if streamCount == 0, let attention { look(at: heard.advanced(by: attention)) }
        let stream = HTTP2Stream(id: id, connection: self)
        nghttp2_session_set_stream_user_data(session, id, Unmanaged.passUnretained(stream).toOpaque())
        insert(stream)
    }

    func header(_ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) -> Int32 {
        block.append(name, value, limit: settings.maximumHeaderList)
        if block.isOversized {
            abuse = budget?.headerList(block.listSize)
            if abuse != nil { return NGHTTP2_ERR_CALLBACK_FAILURE.rawValue }
        }
        return stopsReading ? NGHTTP2_ERR_PAUSE.rawValue : 0
    }

    func headersComplete(_ stream: HTTP2Stream, isRequest: Bool, isEnd: Bool) {
        openBlock = nil
        if !isReadAhead { readAhead() }
        if isEnd { stream.sawEnd = true }
        guard isRequest else {
            stream.handler?.headers(block, isEnd: isEnd)
            return
        }
        guard handlerCount < settings.maximumStreams, let delegate, hasRoom(for: block, of: stream) else {
            return submitReset(stream, .refusedStream)
        }
        guard let handler = delegate.accept(stream, block, isEnd: isEnd) else {
            if !stream.isClosed, !stream.hasAnswered { submitReset(stream, .refusedStream) }
            return
        }
        stream.handler = handler
        if isEnd { handler.receivedEnd() }
    }

    /// Whether the fields of one more request may be kept. HPACK makes thousands of bytes of each byte that comes, so
    /// that a limit on each list alone would bound nothing.
    private func hasRoom(for block: borrowing HTTP2HeaderBlock, of stream: HTTP2Stream) -> Bool {
        let excess = block.listSize - settings.freeFields
        // What is too long is answered without being kept.
        guard excess > 0, !block.isOversized else { return true }
        guard fieldBytes == 0 || fieldBytes + excess <= settings.heldFields else {
            settings.abuse?.count("held_fields")
            return false
        }
        fieldBytes += excess
        stream.fieldBytes = excess
        return true
    }

    /// Tells the loop, once all of it is there, what each request needs; the lengths are about those of the objects.
    private func readAhead() {
        isReadAhead = true
        var places = [ReadAhead.Place(self, bytes: 1536)]
        if let delegate { places.append(ReadAhead.Place(delegate, bytes: 256)) }
        places += block.places
        if let memory = ownedSession?.memory { places += memory.places }
        transport.readsFirst(places)
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
        heldBytes -= stream.heldBytes
        stream.dropFields()
        let handler = stream.handler
        stream.handler = nil
        handler?.closed(stream.wasNeverSent ? .refusedStream : HTTP2ErrorCode(rawValue: code))
    }

    /// A reset of ours has gone out. That a peer has to be refused, or breaks its streams, is its own doing.
    func resetSent(_ code: UInt32) {
        guard abuse == nil, HTTP2ErrorCode.faults.contains(code), let reason = budget?.broke(at: heard) else { return }
        abuse = reason
        // Not at once: nghttp2 is at work.
        loop.schedule(after: .zero) { self.cutOff(reason) }
    }

    func settingsReceived() {
        guard !isReady else { return }
        isReady = true
        delegate?.ready()
    }

    func settingsAcknowledged() {
        isAcknowledged = true
    }

    func goawayReceived() {
        guard role == .client, !isGoingAway else { return }
        isGoingAway = true
        delegate?.goingAway()
    }

    func pingAcknowledged(_ data: UInt64) {
        if isGoingAway, data == Self.goawayPing { finalGoaway() }
    }

    // MARK: Private

    /// What our PINGs carry, which tells their answers apart.
    private static let goawayPing: UInt64 = 0x6c6f_6e6a_6120_6279
    /// How long a GOAWAY may wait for its way out.
    private static let lastWords = Duration.seconds(5)
    private static let lifePing: UInt64 = 0x6c6f_6e6a_6120_6869

    func askForLife() {
        submitPing(Self.lifePing)
    }

    func finalGoaway() {
        guard !isClosed, !sentFinalGoaway, role == .server else { return }
        sentFinalGoaway = true
        watch.hasLeft()
        let last = nghttp2_session_get_last_proc_stream_id(session)
        nghttp2_submit_goaway(session, UInt8(NGHTTP2_FLAG_NONE.rawValue), last, 0, nil, 0)
        flushLater()
    }

    private func insert(_ stream: HTTP2Stream) {
        streamCount += 1
        traffic.opened()
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
}
