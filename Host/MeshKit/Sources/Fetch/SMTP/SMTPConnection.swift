internal import CSystemCURL
internal import Glibc
internal import Reactor

/// One connection to the mail server. curl connects, greets and starts TLS (CONNECT_ONLY); after that the session speaks
/// over curl's socket. Loop only.
// Safe: touched on `loop` alone; cancellation goes through `loop.execute`.
final class SMTPConnection: CURLTransfer, DescriptorHandler, @unchecked Sendable {
    let easy: CURLEasyHandle
    let loop: EventLoop
    /// Mails that went over it.
    private(set) var messages = 0
    private(set) var isClosed = false
    /// When it was last given back.
    var idleSince = MonotonicTime(nanoseconds: 0)

    private let configuration: SMTPClientConfiguration
    private let driver: CURLMultiDriver
    private let closed: (SMTPConnection) -> Void
    private var session: SMTPSession
    private var parser = SMTPReplyParser()
    private var lastReply: SMTPReply?
    private var ehlo: SMTPReply?
    private var greetingProblem: FetchError?
    private var refusedAddress = false
    private var token: WatchToken?
    private var descriptor: Int32 = -1
    private var output = SMTPOutput()
    private var interest: IOInterest = []
    private var outcome: Result<SMTPDelivery?, FetchError>?
    private var waiting: UnsafeContinuation<Void, Never>?
    private var timer: LoopTimer?
    private var deadlineTimer: LoopTimer?

    init(
        _ configuration: SMTPClientConfiguration,
        _ driver: CURLMultiDriver,
        trust: TrustStore?,
        closed: @escaping (SMTPConnection) -> Void
    ) throws(FetchError) {
        self.configuration = configuration
        self.driver = driver
        self.closed = closed
        loop = driver.loop
        session = SMTPSession(host: configuration.host)
        easy = try CURLEasyHandle()
        prepare(trust)
        driver.adopt(easy)
    }

    var keepsHandle: Bool { true }
    /// Whether another mail may go over it.
    var isUsable: Bool { !isClosed && session.isUsable && messages < configuration.messagesPerConnection }

    // MARK: For the shard

    /// Connects and authenticates.
    func open(deadline: MonotonicTime?) async throws {
        outcome = nil
        arm(deadline)
        try driver.add(self)
        _ = try await result()
    }

    /// Sends one mail.
    func deliver(
        _ message: SMTPMessage,
        _ needs: SMTPMessage.Needs,
        deadline: MonotonicTime?
    ) async throws -> SMTPDelivery {
        outcome = nil
        messages += 1
        arm(deadline)
        perform(session.begin(message, needs))
        guard let delivery = try await result() else {
            throw FetchError(.internalError, "\(configuration.host): the mail ended without an answer")
        }
        return delivery
    }

    /// Says good-bye if it can, and closes.
    func close() {
        guard !isClosed else { return }
        if token != nil, session.isUsable {
            var count = 0
            _ = Array("QUIT\r\n".utf8).withUnsafeBytes {
                curl_easy_send(easy.pointer, $0.baseAddress, $0.count, &count)
            }
        }
        shut(FetchError(.closed, "the client was closed"))
    }

    // MARK: From curl and the loop

    func completed(_ code: CURLcode) {
        guard !isClosed else { return }
        guard code == CURLE_OK else { return shut(connectError(code)) }
        guard let socket = easy.socket else {
            return shut(FetchError(.connectionLost, "\(configuration.host): the connection ended at once"))
        }
        descriptor = socket
        interest = .read
        guard let token = try? loop.watch(socket, .read, self) else {
            return shut(FetchError(.internalError, "the mail server's socket cannot be watched"))
        }
        self.token = token
        parser = SMTPReplyParser()
        let isSafe = configuration.security != .plainToLoopback || configuration.allowsCredentialsWithoutTLS
        perform(session.opened(ehlo, configuration.credentials, mayAuthenticate: isSafe))
    }

    func ready(_ events: IOInterest) {
        if events.contains(.write) { flush() }
        if !isClosed, !events.isDisjoint(with: [.read, .hangUp, .failure]) { receive() }
    }

    // MARK: Private: the dialogue

    private func perform(_ actions: [SMTPSession.Action]) {
        for action in actions {
            switch action {
            case .send(let pieces):
                for piece in pieces { output.append(piece) }
                patience()
                flush()
            case .ready: settle(.success(nil))
            case .delivered(let delivery): settle(.success(delivery))
            case .failed(let error): settle(.failure(error))
            }
        }
    }

    private func receive() {
        while !isClosed {
            var count = 0
            let space = loop.scratchBuffer
            let code = curl_easy_recv(easy.pointer, space.baseAddress, space.count, &count)
            if code == CURLE_AGAIN { return }
            guard code == CURLE_OK, count > 0 else {
                return shut(FetchError(.connectionLost, "\(configuration.host): the connection was lost"))
            }
            do throws(FetchError) {
                for reply in try parser.feed(UnsafeRawBufferPointer(rebasing: space[..<count])) {
                    patience()
                    perform(session.received(reply))
                }
            } catch {
                return shut(FetchError(error.code, "\(configuration.host): \(error.message)"))
            }
        }
    }

    private func flush() {
        while !output.isEmpty, !isClosed {
            var count = 0
            let code = output.withNext { curl_easy_send(easy.pointer, $0.baseAddress, $0.count, &count) }
            if code == CURLE_AGAIN { break }
            guard code == CURLE_OK else {
                // What the server said before it closed is worth more than the failed sending.
                receive()
                return shut(FetchError(.connectionLost, "\(configuration.host): the connection was lost"))
            }
            output.sent(count)
            patience()
            // The rest when the loop has looked at others.
            if count > 0 { break }
        }
        want(output.isEmpty ? .read : [.read, .write])
    }

    private func want(_ wanted: IOInterest) {
        guard let token, wanted != interest else { return }
        interest = wanted
        loop.update(token, wanted)
    }

    // MARK: Private: waiting

    private func result() async throws -> SMTPDelivery? {
        while outcome == nil {
            guard !Task.isCancelled else {
                shut(FetchError(.cancelled, "the task was cancelled"))
                break
            }
            await withTaskCancellationHandler {
                await withUnsafeContinuation { waiting = $0 }
            } onCancel: {
                loop.execute { self.wake() }
            }
        }
        deadlineTimer?.cancel()
        deadlineTimer = nil
        return try outcome?.get() ?? nil
    }

    private func settle(_ result: Result<SMTPDelivery?, FetchError>) {
        timer?.cancel()
        timer = nil
        if outcome == nil { outcome = result }
        wake()
    }

    private func wake() {
        waiting?.resume()
        waiting = nil
    }

    private func arm(_ deadline: MonotonicTime?) {
        guard let deadline else { return }
        deadlineTimer = loop.schedule(at: deadline) { [weak self] in
            guard let self else { return }
            shut(FetchError(.deadlineExceeded, "\(configuration.host): the deadline has passed"))
        }
    }

    private func patience() {
        timer?.cancel()
        let duration =
            switch session.patience {
            case .command: configuration.commandTimeout
            case .data: configuration.dataTimeout
            case .message: configuration.messageTimeout
            }
        timer = loop.schedule(after: duration) { [weak self] in
            guard let self else { return }
            shut(FetchError(.stalled, "\(configuration.host): no answer in time"))
        }
    }

    /// Ends the connection, and what goes on over it.
    private func shut(_ error: FetchError) {
        guard !isClosed else { return }
        isClosed = true
        perform(session.interrupted(error, hasSentAll: output.isEmpty))
        settle(.failure(error))
        if let token { loop.unwatch(token) }
        token = nil
        // Whatever curl would still say goes nowhere, instead of being waited for.
        if descriptor >= 0 { Glibc.shutdown(descriptor, Int32(SHUT_RDWR)) }
        driver.remove(self)
        closed(self)
    }

    // MARK: Private: curl's part

    private func prepare(_ trust: TrustStore?) {
        easy.setDefaults(connectTimeout: configuration.connectTimeout, trust: trust, proxy: nil)
        let isImplicit = configuration.security == .implicitTLS
        easy.set(CURLOPT_PROTOCOLS_STR, isImplicit ? "smtps" : "smtp")
        let host = configuration.host.contains(":") ? "[\(configuration.host)]" : configuration.host
        let scheme = isImplicit ? "smtps" : "smtp"
        easy.set(CURLOPT_URL, "\(scheme)://\(host):\(configuration.port)/\(configuration.clientName)")
        let needsTLS = configuration.security != .plainToLoopback
        easy.set(CURLOPT_USE_SSL, Int((needsTLS ? CURLUSESSL_ALL : CURLUSESSL_NONE).rawValue))
        easy.set(CURLOPT_CONNECT_ONLY, 1)
        easy.set(CURLOPT_FRESH_CONNECT, 1)
        let me = Unmanaged.passUnretained(self).toOpaque()
        easy.set(CURLOPT_HEADERDATA, pointer: me)
        mesh_curl_set_data_callback(easy.pointer, CURLOPT_HEADERFUNCTION) { bytes, size, count, user in
            guard let user else { return 0 }
            let connection = Unmanaged<SMTPConnection>.fromOpaque(user).takeUnretainedValue()
            return connection.overheard(UnsafeRawBufferPointer(start: bytes, count: size * count))
        }
        guard !needsTLS else { return }
        easy.set(CURLOPT_OPENSOCKETDATA, pointer: me)
        mesh_curl_set_open_socket(easy.pointer) { user, _, address in
            guard let user, let address else { return CURL_SOCKET_BAD }
            let connection = Unmanaged<SMTPConnection>.fromOpaque(user).takeUnretainedValue()
            guard let bytes = CURLSocket.bytes(of: address), AddressPolicy.loopbackOnly.allows(bytes) else {
                connection.refusedAddress = true
                return CURL_SOCKET_BAD
            }
            return CURLSocket.open(address)
        }
    }

    /// A line of the server's while curl still speaks.
    private func overheard(_ line: UnsafeRawBufferPointer) -> Int {
        do throws(FetchError) {
            for reply in try parser.feed(line) {
                lastReply = reply
                if reply.code == 250 { ehlo = reply }
            }
            return line.count
        } catch {
            greetingProblem = error
            return 0
        }
    }

    private func connectError(_ code: CURLcode) -> FetchError {
        let host = configuration.host
        if let problem = greetingProblem { return FetchError(problem.code, "\(host): \(problem.message)") }
        if refusedAddress, code == CURLE_COULDNT_CONNECT {
            return FetchError(.addressRefused, "\(host): mail without TLS goes to loopback only")
        }
        if let reply = lastReply, !reply.isPositive {
            let text = "\(host) lets nobody in: \(reply.code)\(reply.enhanced.map { " \($0)" } ?? "")"
            if code == CURLE_USE_SSL_FAILED { return FetchError(.tlsNotOffered, text, reply: reply) }
            return FetchError(reply.isTransient ? .mailDeferred : .connectFailed, text, reply: reply)
        }
        return FetchError.of(code, easy, host: host)
    }
}
