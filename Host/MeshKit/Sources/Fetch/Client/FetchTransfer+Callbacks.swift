internal import CSystemCURL
internal import Reactor

extension FetchTransfer {
    private static func of(_ user: UnsafeMutableRawPointer?) -> FetchTransfer? {
        user.map { Unmanaged<FetchTransfer>.fromOpaque($0).takeUnretainedValue() }
    }

    /// Sets the trampolines. curl calls them on the loop, within calls of the driver, which holds the transfer meanwhile.
    func setCallbacks() {
        let me = Unmanaged.passUnretained(self).toOpaque()
        easy.set(CURLOPT_HEADERDATA, pointer: me)
        mesh_curl_set_data_callback(easy.pointer, CURLOPT_HEADERFUNCTION) { bytes, size, count, user in
            guard let transfer = FetchTransfer.of(user) else { return 0 }
            return transfer.receivedLine(UnsafeRawBufferPointer(start: bytes, count: size * count))
        }
        easy.set(CURLOPT_WRITEDATA, pointer: me)
        mesh_curl_set_data_callback(easy.pointer, CURLOPT_WRITEFUNCTION) { bytes, size, count, user in
            guard let transfer = FetchTransfer.of(user) else { return 0 }
            return transfer.receivedContent(UnsafeRawBufferPointer(start: bytes, count: size * count))
        }
        easy.set(CURLOPT_READDATA, pointer: me)
        mesh_curl_set_data_callback(easy.pointer, CURLOPT_READFUNCTION) { space, size, count, user in
            guard let transfer = FetchTransfer.of(user) else { return Int(CURL_READFUNC_ABORT) }
            return transfer.readContent(UnsafeMutableRawBufferPointer(start: space, count: size * count))
        }
        easy.set(CURLOPT_SEEKDATA, pointer: me)
        mesh_curl_set_seek(easy.pointer) { user, offset, origin in
            guard let transfer = FetchTransfer.of(user) else { return CURL_SEEKFUNC_FAIL }
            return transfer.rewind(to: offset, from: origin) ? CURL_SEEKFUNC_OK : CURL_SEEKFUNC_FAIL
        }
        easy.set(CURLOPT_PREREQDATA, pointer: me)
        mesh_curl_set_prerequest(easy.pointer) { user, _, _, _, _ in
            guard let transfer = FetchTransfer.of(user) else { return CURL_PREREQFUNC_ABORT }
            transfer.clock.asked(transfer.loop.now)
            transfer.rearm()
            transfer.connected?()
            return CURL_PREREQFUNC_OK
        }
        guard !addresses.allowsAll || opening != .any || mayShare else { return }
        easy.set(CURLOPT_OPENSOCKETDATA, pointer: me)
        mesh_curl_set_open_socket(easy.pointer) { user, _, address in
            guard let transfer = FetchTransfer.of(user), let address else { return CURL_SOCKET_BAD }
            return transfer.openSocket(address)
        }
    }

    private func receivedLine(_ line: UnsafeRawBufferPointer) -> Int {
        clock.answered(loop.now)
        rearm()
        do throws(FetchError) {
            guard case .head(let head) = try parser.feed(line) else { return line.count }
            return try headCompleted(head) ? line.count : 0
        } catch {
            reason = error
            return 0
        }
    }

    private func receivedContent(_ bytes: UnsafeRawBufferPointer) -> Int {
        if let decoder { return receivedCoded(bytes, decoder) }
        guard pipe.hasRoom() else { return pauseReceiving() }
        guard turn.takes(bytes.count, in: loop.now) else {
            resumeLater()
            return pauseReceiving()
        }
        guard accepts(bytes.count) else { return 0 }
        clock.answered(loop.now)
        rearm()
        pipe.push(bytes)
        tookContent()
        return bytes.count
    }

    private func readContent(_ space: UnsafeMutableRawBufferPointer) -> Int {
        clock.asked(loop.now)
        rearm()
        switch request.body {
        case .empty: return 0
        case .bytes(let bytes):
            let count = min(space.count, bytes.count - offset)
            bytes.withUnsafeBytes {
                space.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[offset..<offset + count]))
            }
            offset += count
            return count
        case .stream:
            switch upload?.read(into: space) {
            case .bytes(let count): return count
            case .end: return 0
            case .wait:
                isSendPaused = true
                clock.paused()
                return Int(CURL_READFUNC_PAUSE)
            case .fail, nil:
                reason = (upload?.failure as? FetchError) ?? FetchError(.bodyFailed, "the content could not be written")
                return Int(CURL_READFUNC_ABORT)
            }
        }
    }

    private func rewind(to offset: Int, from origin: Int32) -> Bool {
        guard request.isIdempotent, case .bytes(let bytes) = request.body, origin == 0,
            (0...bytes.count).contains(offset)
        else { return false }
        self.offset = offset
        return true
    }

    private func openSocket(_ address: UnsafeMutablePointer<curl_sockaddr>) -> curl_socket_t {
        guard let bytes = CURLSocket.bytes(of: address), addresses.allows(bytes) else {
            refusedAddress = true
            return CURL_SOCKET_BAD
        }
        guard opening != .existing else {
            wantsConnection = true
            return CURL_SOCKET_BAD
        }
        return CURLSocket.open(address, receiveBytes: mayShare ? SharedConnection.receiveBytes : nil)
    }
}
