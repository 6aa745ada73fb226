internal import CSystemCURL
internal import Reactor

/// One multi handle on one loop: curl's sockets are watched by the loop, its timer is one of the loop's, and nothing of
/// it waits. Owns the handle, and holds the transfers while they are under way. Loop only, until it was retired.
// Safe: touched on `loop` alone; after `retire` the loop has no way to it, and one thread frees it.
final class CURLMultiDriver: @unchecked Sendable {
    /// What the connections of the handle may amount to.
    struct Limits {
        var connections: Int
        var connectionsPerHost: Int
    }

    let loop: EventLoop
    private let multi: UnsafeMutableRawPointer
    private var watches: [Int32: CURLSocketWatch] = [:]
    private var transfers: [UnsafeMutableRawPointer: any CURLTransfer] = [:]
    private var timer: LoopTimer?
    private var willCollect = false
    private var isFreed = false

    init(loop: EventLoop, limits: Limits) throws(FetchError) {
        try CURLLibrary.require()
        guard let multi = curl_multi_init() else { throw FetchError(.internalError, "out of memory") }
        self.loop = loop
        self.multi = multi
        let me = Unmanaged.passUnretained(self).toOpaque()
        mesh_curl_multi_set_pointer(multi, CURLMOPT_SOCKETDATA, me)
        mesh_curl_multi_set_pointer(multi, CURLMOPT_TIMERDATA, me)
        mesh_curl_multi_set_socket(multi) { _, descriptor, what, user, _ in
            guard let user else { return 0 }
            let driver = Unmanaged<CURLMultiDriver>.fromOpaque(user).takeUnretainedValue()
            return driver.watch(descriptor, what) ? 0 : -1
        }
        mesh_curl_multi_set_timer(multi) { _, milliseconds, user in
            guard let user else { return 0 }
            Unmanaged<CURLMultiDriver>.fromOpaque(user).takeUnretainedValue().setTimer(milliseconds)
            return 0
        }
        mesh_curl_multi_set_long(multi, CURLMOPT_MAXCONNECTS, limits.connections)
        mesh_curl_multi_set_long(multi, CURLMOPT_MAX_TOTAL_CONNECTIONS, limits.connections)
        mesh_curl_multi_set_long(multi, CURLMOPT_MAX_HOST_CONNECTIONS, limits.connectionsPerHost)
        mesh_curl_multi_set_long(multi, CURLMOPT_PIPELINING, Int(CURLPIPE_MULTIPLEX))
    }

    deinit { free() }

    /// Closes the connections and frees the handle. After `retire` from any thread, else when the loop is gone.
    func free() {
        guard !isFreed else { return }
        isFreed = true
        // No callback comes back to an object that is going away.
        mesh_curl_multi_set_socket(multi, nil)
        mesh_curl_multi_set_timer(multi, nil)
        for (handle, _) in transfers { curl_multi_remove_handle(multi, handle) }
        curl_multi_cleanup(multi)
    }

    /// Lets go of the loop: what is left is `free`.
    func retire() {
        loop.preconditionCurrent()
        precondition(transfers.isEmpty, "transfers end before their driver")
        timer?.cancel()
        timer = nil
        for descriptor in Array(watches.keys) { unwatch(descriptor) }
    }

    /// Sets what makes a socket's end known here before its number can come again.
    func adopt(_ easy: CURLEasyHandle) {
        // curl keeps this with the connection; the driver outlives all of its connections.
        easy.set(CURLOPT_CLOSESOCKETDATA, pointer: Unmanaged.passUnretained(self).toOpaque())
        mesh_curl_set_close_socket(easy.pointer) { user, descriptor in
            if let user { Unmanaged<CURLMultiDriver>.fromOpaque(user).takeUnretainedValue().unwatch(descriptor) }
            return CURLSocket.close(descriptor)
        }
    }

    /// Starts a transfer; it is held until it has completed or is removed.
    func add(_ transfer: any CURLTransfer) throws(FetchError) {
        loop.preconditionCurrent()
        let code = curl_multi_add_handle(multi, transfer.easy.pointer)
        guard code == CURLM_OK else {
            throw FetchError(.internalError, "curl takes no transfer: \(String(cString: curl_multi_strerror(code)))")
        }
        transfers[transfer.easy.pointer] = transfer
    }

    /// Takes a transfer out at once; `completed` is not called any more. Never within a callback of curl.
    func remove(_ transfer: any CURLTransfer) {
        loop.preconditionCurrent()
        guard transfers.removeValue(forKey: transfer.easy.pointer) != nil else { return }
        curl_multi_remove_handle(multi, transfer.easy.pointer)
    }

    /// Something came, or may go, on a socket.
    func ready(_ descriptor: Int32, _ events: IOInterest) {
        var mask: Int32 = 0
        if !events.isDisjoint(with: [.read, .hangUp, .readHangUp]) { mask |= CURL_CSELECT_IN }
        if events.contains(.write) { mask |= CURL_CSELECT_OUT }
        if events.contains(.failure) { mask |= CURL_CSELECT_ERR }
        act(descriptor, mask)
    }

    /// How long one step completes transfers; many may end at once.
    private static let collectBudget = Duration.microseconds(200)

    /// Completes what curl has done, the rest in a later step.
    private func collect() {
        let begun = MonotonicTime.now()
        var left: Int32 = 0
        while let message = curl_multi_info_read(multi, &left) {
            guard message.pointee.msg == CURLMSG_DONE, let handle = message.pointee.easy_handle else { continue }
            let code = mesh_curl_result(message)
            guard let transfer = transfers[handle] else { continue }
            if code != CURLE_OK || !transfer.keepsHandle {
                transfers[handle] = nil
                curl_multi_remove_handle(multi, handle)
            }
            transfer.completed(code)
            if begun.duration(to: .now()) >= Self.collectBudget { return collectLater() }
        }
    }

    private func collectLater() {
        guard !willCollect else { return }
        willCollect = true
        loop.schedule(after: .zero) { [weak self] in
            guard let self else { return }
            willCollect = false
            collect()
        }
    }

    // MARK: Private

    private func act(_ descriptor: Int32, _ mask: Int32) {
        var running: Int32 = 0
        withExtendedLifetime(self) {
            curl_multi_socket_action(multi, descriptor, mask, &running)
            collect()
        }
    }

    private func watch(_ descriptor: Int32, _ what: Int32) -> Bool {
        guard what != CURL_POLL_REMOVE else {
            unwatch(descriptor)
            return true
        }
        var interest: IOInterest = []
        if what & CURL_POLL_IN != 0 { interest.insert(.read) }
        if what & CURL_POLL_OUT != 0 { interest.insert(.write) }
        if let token = watches[descriptor]?.token {
            loop.update(token, interest)
            return true
        }
        let watch = CURLSocketWatch(descriptor, self)
        guard let token = try? loop.watch(descriptor, interest, watch) else { return false }
        watch.token = token
        watches[descriptor] = watch
        return true
    }

    private func unwatch(_ descriptor: Int32) {
        guard let token = watches.removeValue(forKey: descriptor)?.token else { return }
        loop.unwatch(token)
    }

    private func setTimer(_ milliseconds: Int) {
        timer?.cancel()
        timer = nil
        guard milliseconds >= 0 else { return }
        // Also for 0 in a later turn: curl must not be called from within its own call.
        timer = loop.schedule(after: .milliseconds(milliseconds)) { [weak self] in
            guard let self else { return }
            timer = nil
            act(CURL_SOCKET_BAD, 0)
        }
    }
}
