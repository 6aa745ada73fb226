internal import Glibc

/// Hears of one connection. All on its loop.
public protocol ByteStreamDelegate: AnyObject {
    /// The connection that was being made is there; not called for accepted ones.
    func connected()
    /// Bytes have come; they are valid during the call only.
    func received(_ bytes: UnsafeRawBufferPointer)
    /// The peer sends no more.
    func receivedEnd()
    /// All output has been taken by the kernel, after some of it had to wait.
    func drained()
    /// The connection is gone: once, last of all. Nil when it was closed in order, by either side.
    func closed(_ error: SystemError?)
}

extension ByteStreamDelegate {
    /// Nothing to do.
    public func connected() {}
    /// Nothing to do.
    public func drained() {}
}

/// A connected socket on one loop: reads while asked to, gathers writes and sends them at the end of the turn.
/// Owns the descriptor. Loop only.
public final class ByteStream: DescriptorHandler, EndOfTurn {
    /// The loop it lives on.
    public let loop: EventLoop
    /// Who is at the other end.
    public let remote: SocketAddress?
    /// Hears what happens. Retained until `closed`: a weak reference would make every use of the delegate slow.
    public var delegate: (any ByteStreamDelegate)?

    enum State { case fresh, connecting, open, closingAfterFlush, closed }
    let descriptor: Int32
    var state: State
    private var token: WatchToken?
    private var interest: IOInterest = []
    var isReading = true
    var sawEnd = false
    var output = OutputQueue()
    private var willFlush = false
    var waitedForRoom = false

    /// What opens and seals the bytes; nil for those that are sent as they are.
    package let layer: (any StreamLayer)?
    /// What the layer has sealed and the kernel has not taken.
    var sealed = SealedBytes()
    /// What has come while nobody read, for the layer.
    var unopened: [UInt8]?
    var handshakeTimer: LoopTimer?
    /// Whether `connected` is owed once the layer's handshake is over.
    let isClient: Bool

    /// Takes over a connected socket. Call `start`.
    public convenience init(descriptor: Int32, loop: EventLoop, remote: SocketAddress?) {
        self.init(descriptor: descriptor, loop: loop, remote: remote, layer: nil)
    }

    /// Takes over a connected socket whose bytes a layer opens and seals. Call `start`.
    package init(descriptor: Int32, loop: EventLoop, remote: SocketAddress?, layer: (any StreamLayer)?) {
        self.descriptor = descriptor
        self.loop = loop
        self.remote = remote
        self.layer = layer
        isClient = false
        state = .fresh
    }

    /// Begins to connect. Call `start`; `connected` or `closed` follows. Loop only.
    ///
    /// - Throws: `SystemError` for what fails at once.
    public convenience init(connecting address: SocketAddress, loop: EventLoop) throws {
        try self.init(connecting: address, loop: loop, layer: nil)
    }

    /// Begins to connect, for bytes that a layer opens and seals: `connected` follows when its handshake is over.
    ///
    /// - Throws: `SystemError` for what fails at once.
    package init(connecting address: SocketAddress, loop: EventLoop, layer: (any StreamLayer)?) throws {
        loop.preconditionCurrent()
        descriptor = try Socket.connect(address)
        self.loop = loop
        remote = address
        self.layer = layer
        isClient = true
        state = .connecting
    }

    deinit {
        if state != .closed { Glibc.close(descriptor) }
    }

    /// Begins to read. From here on the loop keeps the stream alive, until it is closed.
    public func start() {
        loop.preconditionCurrent()
        precondition(token == nil, "a stream is started once")
        interest = state == .connecting ? .write : (isReading ? .read : [])
        if state == .fresh { state = .open }
        if let layer { limitHandshake(layer) }
        do {
            token = try loop.watch(descriptor, interest, self)
        } catch {
            finish(error as? SystemError)
        }
    }

    /// Where its delegate reads first, when bytes come. Loop only.
    package func readsFirst(_ places: [ReadAhead.Place]) {
        guard let token else { return }
        let own = [ReadAhead.Place(self, bytes: 320), remote?.place].compactMap(\.self)
        loop.readsFirst(token, ReadAhead(own + places))
    }

    /// Bytes not yet taken by the kernel.
    public var pendingBytes: Int { output.count + sealed.count }

    /// Whether the kernel takes no more for now: `drained` follows, or `closed`.
    public var isFull: Bool { waitedForRoom }

    /// Whether writing still makes sense.
    public var isOpen: Bool { state == .open || state == .connecting }

    /// Sends bytes at the end of the turn, after those already waiting.
    public func write(_ bytes: UnsafeRawBufferPointer) {
        guard isOpen, !bytes.isEmpty else { return }
        output.append(bytes)
        flushLater()
    }

    /// Sends a part of shared bytes at the end of the turn, after those already waiting, from where they are.
    public func write(_ shared: SharedBytes, _ range: Range<Int>) {
        guard isOpen, !range.isEmpty else { return }
        output.append(shared, range)
        flushLater()
    }

    /// Sends at the end of the turn, after those already waiting, what `body` appends to them; it may do nothing else.
    package func gather(_ body: (inout [UInt8]) -> Void) {
        guard isOpen else { return }
        output.gather(body)
        flushLater()
    }

    /// Sends bytes at the end of the turn, after those already waiting.
    public func write(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { write($0) }
    }

    /// Sends what waits, and then `bytes`, now; what the kernel does not take is kept.
    public func writeNow(_ bytes: UnsafeRawBufferPointer) {
        guard isOpen, !bytes.isEmpty else { return }
        guard state == .open, pendingBytes == 0, let start = bytes.baseAddress else { return write(bytes) }
        if let layer { return writeNow(bytes, through: layer) }
        let count = Glibc.send(descriptor, start, bytes.count, Int32(MSG_NOSIGNAL))
        if count == bytes.count { return }
        if count < 0, errno != EAGAIN, errno != EINTR {
            return finish(SystemError.last("send"))
        }
        output.append(UnsafeRawBufferPointer(rebasing: bytes[max(0, count)...]))
        waitForRoom()
    }

    /// Has the kernel take no more than so many bytes that the peer has no room for, where it would take megabytes: for
    /// what is worth less the longer it waits. For TCP; no other socket keeps much.
    public func limitUnsent(_ bytes: Int) {
        guard isOpen else { return }
        Socket.set(descriptor, Int32(IPPROTO_TCP), TCP_NOTSENT_LOWAT, Int32(clamping: bytes))
    }

    /// Stops reading, so that the peer has to wait.
    public func pauseReading() {
        isReading = false
        updateInterest()
    }

    /// Reads again.
    public func resumeReading() {
        isReading = true
        if unopened != nil { openLater() }
        updateInterest()
    }

    /// Closes once everything written has been sent.
    public func closeAfterFlush() {
        guard isOpen else { return }
        if pendingBytes == 0 || layer?.isOpen == false { return close() }
        state = .closingAfterFlush
        updateInterest()
    }

    /// Tells the peer that nothing more comes, and keeps reading.
    public func shutdownOutput() {
        guard state == .open, pendingBytes == 0 else { return }
        if let layer { sealEnd(layer) }
        Glibc.shutdown(descriptor, Int32(SHUT_WR))
    }

    /// Closes now; what waits is lost.
    public func close() {
        finish(nil)
    }

    // MARK: Called by the loop

    /// The socket is ready for something.
    public func ready(_ events: IOInterest) {
        if state == .connecting {
            let error = Socket.pendingError(descriptor)
            guard error == 0 else {
                return finish(SystemError(error, remote.map { "connect \($0)" } ?? "connect"))
            }
            state = .open
            updateInterest()
            if let layer { return begin(layer) }
            delegate?.connected()
            if pendingBytes > 0 { flush() }
            return
        }
        if events.contains(.write) || waitedForRoom, pendingBytes > 0 { flush() }
        if !isReading, state == .open, !events.isDisjoint(with: [.hangUp, .failure]) {
            // Reset, or both sides are shut: epoll reports that for ever, also to those who do not read.
            let error = Socket.pendingError(descriptor)
            return finish(error == 0 ? nil : SystemError(error, "recv"))
        }
        if !events.isDisjoint(with: [.read, .hangUp, .failure]), state == .open { read() }
        if state == .closingAfterFlush, !events.isDisjoint(with: [.hangUp, .failure]) { finish(nil) }
    }

    /// Sends what was gathered in this turn.
    public func endOfTurn() {
        willFlush = false
        if state == .open || state == .closingAfterFlush { flush() }
    }

    // MARK: Private

    private func read() {
        guard isReading || sawEnd == false else { return }
        if let layer { return read(through: layer) }
        // Two buffers a turn at the most, so that one fast peer does not hold up the others.
        for _ in 0..<2 {
            guard isReading, state == .open else { return }
            let count = Glibc.recv(descriptor, loop.scratch.baseAddress, loop.scratch.count, 0)
            if count > 0 {
                delegate?.received(UnsafeRawBufferPointer(rebasing: loop.scratch[..<count]))
                if count < loop.scratch.count { return }
            } else if count == 0 {
                sawEnd = true
                isReading = false
                updateInterest()
                delegate?.receivedEnd()
                return
            } else if errno == EINTR {
                continue
            } else {
                if errno != EAGAIN { finish(SystemError.last("recv")) }
                return
            }
        }
    }

    private func flushLater() {
        guard !willFlush, !waitedForRoom else { return }
        willFlush = true
        loop.atEndOfTurn(self)
    }

    func flush() {
        if let layer { return flush(through: layer) }
        while !output.isEmpty, state != .closed {
            let count = output.filePart.map(send) ?? sendPieces()
            if count >= 0 {
                output.advance(count)
            } else if errno == EAGAIN {
                return waitForRoom()
            } else if errno != EINTR {
                return finish(SystemError.last("send"))
            }
        }
        if state == .closingAfterFlush { return finish(nil) }
        if waitedForRoom {
            waitedForRoom = false
            updateInterest()
            delegate?.drained()
        }
    }

    /// A loop's thread holds back the signal that a peer which has gone would raise: `EventLoop.runThread`.
    private func send(_ part: OutputQueue.FilePart) -> Int {
        var offset = part.offset
        return Glibc.sendfile(descriptor, part.descriptor, &offset, part.count)
    }

    private func sendPieces() -> Int {
        output.withPieces { pieces, isFileNext in
            // The head of an answer leaves in one packet with the beginning of its content.
            let flags = Int32(MSG_NOSIGNAL) | (isFileNext ? Int32(MSG_MORE) : 0)
            if pieces.count == 1 {
                return Glibc.send(descriptor, pieces[0].iov_base, pieces[0].iov_len, flags)
            }
            var message = msghdr()
            // The kernel only reads them.
            message.msg_iov = UnsafeMutablePointer(mutating: pieces.baseAddress)
            message.msg_iovlen = pieces.count
            return Glibc.sendmsg(descriptor, &message, flags)
        }
    }

    func waitForRoom() {
        waitedForRoom = true
        updateInterest()
    }

    func updateInterest() {
        guard let token, state != .closed, state != .connecting else { return }
        // What waits to be opened comes before more of it.
        var wanted: IOInterest = isReading && !sawEnd && state == .open && unopened == nil ? .read : []
        if waitedForRoom || state == .closingAfterFlush { wanted.insert(.write) }
        guard wanted != interest else { return }
        interest = wanted
        loop.update(token, wanted)
    }

    func finish(_ error: SystemError?) {
        guard state != .closed else { return }
        let keepAlive = self
        if let layer { part(from: layer, error) }
        state = .closed
        if let token { loop.unwatch(token) }
        Glibc.close(descriptor)
        output.removeAll()
        sealed.removeAll()
        unopened = nil
        let listener = delegate
        delegate = nil
        listener?.closed(error)
        withExtendedLifetime(keepAlive) {}
    }
}
