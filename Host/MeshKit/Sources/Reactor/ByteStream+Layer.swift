internal import Glibc

/// The way of bytes through a layer. What it opens goes to the delegate at once; what is written stays as it is until the
/// kernel has room for what was sealed before, so that no more than one step's bytes are held twice.
extension ByteStream {
    /// So much is sealed in one step: four records.
    private static let largestSealing = 64 << 10

    // MARK: The handshake

    /// Gives the handshake its time.
    func limitHandshake(_ layer: any StreamLayer) {
        handshakeTimer = loop.schedule(after: layer.handshakeTimeout) { [weak self] in
            guard let self, !layer.isOpen else { return }
            finish(SystemError(ETIMEDOUT, "the handshake of TLS"))
        }
    }

    /// The socket is connected: the layer speaks first.
    func begin(_ layer: any StreamLayer) {
        do throws(SystemError) {
            try layer.begin(&loop.layerSpace.sealed)
        } catch {
            return finish(error)
        }
        sendSealed()
    }

    private func opened() {
        handshakeTimer?.cancel()
        handshakeTimer = nil
        let isWaiting = pendingBytes > 0
        if isClient { delegate?.connected() }
        guard pendingBytes > 0 else { return }
        flush()
        // Who wrote before could not know how long that would wait.
        if isWaiting, pendingBytes == 0 { delegate?.drained() }
    }

    // MARK: Input

    /// Reads bytes that the layer is to open.
    func read(through layer: any StreamLayer) {
        let space = loop.layerSpace.received
        for _ in 0..<2 {
            guard isReading, state == .open, unopened == nil else { return }
            // What has come stays in the kernel, which says so again in the next turn.
            if !layer.isOpen, !loop.takeHandshakeStep() { return }
            let count = Glibc.recv(descriptor, space.baseAddress, space.count, 0)
            if count > 0 {
                open(UnsafeRawBufferPointer(rebasing: space[..<count]), layer)
                if count < space.count { return }
            } else if count == 0 {
                return peerEnded(layer)
            } else if errno == EINTR {
                continue
            } else {
                if errno != EAGAIN { finish(SystemError.last("recv")) }
                return
            }
        }
    }

    /// Goes on with what was kept while nobody read, in the next turn.
    func openLater() {
        loop.schedule(after: .zero) { [weak self] in
            guard let self, let layer, let bytes = unopened, isReading, state == .open else { return }
            unopened = nil
            bytes.withUnsafeBytes { self.open($0, layer) }
            updateInterest()
        }
    }

    private func open(_ bytes: UnsafeRawBufferPointer, _ layer: any StreamLayer) {
        var rest = bytes
        let space = loop.layerSpace
        while state == .open {
            guard isReading else {
                // The layer may hold more than what is left here.
                unopened = [UInt8](rest)
                return updateInterest()
            }
            let result: StreamLayerInput
            do throws(SystemError) {
                result = try layer.receive(&rest, into: space.opened, &space.sealed)
            } catch {
                return finish(error)
            }
            sendSealed()
            guard state == .open else { return }
            switch result {
            case .plaintext(let count):
                delegate?.received(UnsafeRawBufferPointer(rebasing: space.opened[..<count]))
            case .opened: opened()
            case .needsMore: return
            case .end:
                sawEnd = true
                isReading = false
                updateInterest()
                delegate?.receivedEnd()
                return
            }
        }
    }

    private func peerEnded(_ layer: any StreamLayer) {
        do throws(SystemError) {
            try layer.connectionEnded()
            finish(nil)
        } catch {
            finish(error)
        }
    }

    // MARK: Output

    /// Sends bytes at once, with nothing before them; what the kernel does not take is kept.
    func writeNow(_ bytes: UnsafeRawBufferPointer, through layer: any StreamLayer) {
        guard layer.isOpen else { return write(bytes) }
        var rest = bytes
        while !rest.isEmpty {
            let part = UnsafeRawBufferPointer(rebasing: rest.prefix(Self.largestSealing))
            rest = UnsafeRawBufferPointer(rebasing: rest[part.count...])
            guard seal(part, layer) else { return }
            guard sendSealed() else { break }
        }
        guard state == .open, !rest.isEmpty else { return }
        output.append(rest)
    }

    /// Sends what waits.
    func flush(through layer: any StreamLayer) {
        guard sendSealed() else { return }
        while layer.isOpen, !output.isEmpty, state != .closed {
            let taken = output.withPieces(inMemory: true) { pieces, _ in
                var taken = 0
                for piece in pieces where taken < Self.largestSealing {
                    let count = min(piece.iov_len, Self.largestSealing - taken)
                    guard seal(UnsafeRawBufferPointer(start: piece.iov_base, count: count), layer) else { return 0 }
                    taken += count
                }
                return taken
            }
            guard state != .closed else { return }
            output.advance(taken)
            guard sendSealed() else { return }
        }
        if state == .closingAfterFlush { return finish(nil) }
        if waitedForRoom {
            waitedForRoom = false
            updateInterest()
            if pendingBytes == 0 { delegate?.drained() }
        }
    }

    /// Says that nothing more comes.
    func sealEnd(_ layer: any StreamLayer) {
        layer.end(&loop.layerSpace.sealed)
        sendSealed()
    }

    private func seal(_ bytes: UnsafeRawBufferPointer, _ layer: any StreamLayer) -> Bool {
        do throws(SystemError) {
            try layer.seal(bytes, &loop.layerSpace.sealed)
            return true
        } catch {
            // Whatever was sealed is for this stream alone.
            loop.layerSpace.clear()
            // Not in the middle of a walk through the output.
            failLater(error)
            return false
        }
    }

    private func failLater(_ error: SystemError) {
        loop.schedule(after: .zero) { self.finish(error) }
    }

    /// Sends what has been sealed: what was kept before, and then what is new.
    /// - Returns: whether the kernel took all of it.
    @discardableResult
    func sendSealed() -> Bool {
        let space = loop.layerSpace
        if !space.sealed.isEmpty {
            var sent = 0
            if sealed.isEmpty {
                sent = space.sealed.withUnsafeBytes { send($0) } ?? -1
                guard sent >= 0 else {
                    let error = SystemError.last("send")
                    space.clear()
                    finish(error)
                    return false
                }
            }
            if sent < space.sealed.count { sealed.append(space.sealed[sent...]) }
            space.clear()
        } else if !sealed.isEmpty {
            guard let sent = sealed.withBytes({ send($0) }) else {
                finish(SystemError.last("send"))
                return false
            }
            sealed.advance(sent)
        }
        if !sealed.isEmpty, state != .closed { waitForRoom() }
        return sealed.isEmpty
    }

    /// How many bytes the kernel took; nil if the connection is broken.
    private func send(_ bytes: UnsafeRawBufferPointer) -> Int? {
        var sent = 0
        while sent < bytes.count {
            let rest = UnsafeRawBufferPointer(rebasing: bytes[sent...])
            let count = Glibc.send(descriptor, rest.baseAddress, rest.count, Int32(MSG_NOSIGNAL))
            if count >= 0 {
                sent += count
            } else if errno == EAGAIN {
                return sent
            } else if errno != EINTR {
                return nil
            }
        }
        return sent
    }

    // MARK: The end

    /// The connection ends: the peer hears why, if it is to hear anything and can.
    func part(from layer: any StreamLayer, _ error: SystemError?) {
        handshakeTimer?.cancel()
        handshakeTimer = nil
        let space = loop.layerSpace
        // A stream that is cut off must not look as if it had come to its end.
        if error == nil, pendingBytes == 0, state != .connecting { layer.end(&space.sealed) }
        if sealed.isEmpty { _ = space.sealed.withUnsafeBytes { send($0) } }
        space.clear()
        layer.closed(error)
    }
}
