internal import CSystemCURL
internal import HTTP
internal import Reactor

/// One attempt of one request: an easy handle, the head that comes back, the pipe of its content, and its clock.
/// Loop only.
// Safe: touched on `loop` alone; cancellation goes through `loop.execute`.
final class FetchTransfer: CURLTransfer, @unchecked Sendable {
    let id: ConnectionGate.ID
    let easy: CURLEasyHandle
    let loop: EventLoop
    let request: FetchRequest
    let pipe: FetchPipe
    let upload: FetchUpload?
    let addresses: AddressPolicy
    /// The head of the answer, once it is complete.
    var head: ResponseHeadParser.Head?
    /// Why a callback stopped curl: better than curl's own word for it.
    var reason: FetchError?
    /// An address was refused.
    var refusedAddress = false
    /// How far curl has read the bytes of the request.
    var offset = 0
    /// How curl is told to begin: see `FetchOpening`.
    var opening = FetchOpening.any
    /// curl wanted a new connection where only one that is there would do.
    var wantsConnection = false
    /// Its connection may turn out to carry others too.
    var mayShare = false
    var isReceivePaused = false
    var isSendPaused = false
    /// Whether the client asked for codings that it undoes itself.
    var asksForCodings = false
    /// What undoes the content's coding, if it has one.
    var decoder: ContentDecoder?
    /// A step that decodes will come.
    var willDecode = false
    /// curl is done, and well; what it brought is still being decoded.
    private(set) var isReceived = false
    /// What came in this turn of the loop.
    var turn = ReceivingTurn()
    private var willResume = false
    var parser = ResponseHeadParser()
    var clock: TransferClock
    private(set) var isOver = false

    /// Hears, within a callback of curl, that it has its connection.
    var connected: (() -> Void)?
    /// Puts it under way again with a connection of its own.
    var restart: ((FetchTransfer) -> Void)?
    private let limit: Int?
    private var received = 0
    private var receivedCoded = 0
    /// How many bytes come, coded or not, if an answer of HTTP/2 says it.
    private var announced: Int?
    /// Why it has ended; nil while it has not, and when it went well.
    private(set) var failure: FetchError?
    private var timer: LoopTimer?
    private var timerTime: MonotonicTime?
    private var waiting: UnsafeContinuation<Void, Never>?
    private var ended: ((FetchTransfer) -> Void)?

    init(
        id: ConnectionGate.ID,
        _ request: FetchRequest,
        loop: EventLoop,
        clock: TransferClock,
        limit: Int?,
        addresses: AddressPolicy,
        ended: @escaping (FetchTransfer) -> Void
    ) throws(FetchError) {
        self.id = id
        self.request = request
        self.loop = loop
        self.clock = clock
        self.limit = limit
        self.addresses = addresses
        self.ended = ended
        easy = try CURLEasyHandle()
        pipe = FetchPipe(loop: loop)
        if case .stream(let length, let produce) = request.body {
            upload = FetchUpload(loop, length: length, produce)
        } else {
            upload = nil
        }
        rearm()
    }

    // MARK: For the caller

    /// Waits for the head.
    func waitForHead() async throws -> ResponseHeadParser.Head {
        while true {
            if let failure { throw failure }
            if let head { return head }
            guard !Task.isCancelled else { throw FetchError(.cancelled, "the task was cancelled") }
            await withTaskCancellationHandler {
                await withUnsafeContinuation { waiting = $0 }
            } onCancel: {
                loop.execute { self.wake() }
            }
        }
    }

    /// Ends it, whatever it is doing, and waits until the closure that writes its content has returned.
    func end() async {
        finish(FetchError(.cancelled, "the request was given up"))
        await upload?.join()
    }

    // MARK: For the shard

    func fail(_ code: FetchError.Code, _ message: String) {
        finish(FetchError(code, "\(request.url.host): \(message)"))
    }

    /// Ends it for a reason that does not name the host.
    func fail(_ reason: FetchError) { fail(reason.code, reason.message) }

    /// All of the content is in the pipe.
    func succeed() { finish(nil) }

    func completed(_ code: CURLcode) {
        guard !isOver else { return }
        if wantsConnection, let restart {
            wantsConnection = false
            return restart(self)
        }
        guard code != CURLE_OK else {
            if head == nil { return fail(.protocolViolation, "the answer has no head") }
            guard decoder != nil else { return succeed() }
            isReceived = true
            // From here on it is the reader, or this client, who takes time.
            clock.paused()
            return decodeLater()
        }
        if let reason { return fail(reason) }
        if refusedAddress, code == CURLE_COULDNT_CONNECT {
            return fail(.addressRefused, "the address is not a public one")
        }
        finish(FetchError.of(code, easy, host: request.url.host))
    }

    // MARK: For the callbacks

    /// Content was taken. When that was all, and curl does not know: see `SharedConnection`.
    func tookContent() {
        guard let announced, announced == (decoder == nil ? received : receivedCoded) else { return }
        loop.schedule(after: .zero) { [self] in
            if !isOver, !isReceived { completed(CURLE_OK) }
        }
    }

    /// Whether the content may have so many bytes more.
    func accepts(_ count: Int) -> Bool {
        received += count
        guard let limit, received > limit else { return true }
        reason = FetchError(.bodyTooLarge, "the content has more than \(limit) bytes")
        return false
    }

    /// Whether so many bytes more may come before decoding. Codings add little to what they cannot make smaller; what has
    /// much more has no content in it.
    func acceptsCoded(_ count: Int) -> Bool {
        receivedCoded += count
        guard let limit, receivedCoded - limit > limit / 64 + 4096 else { return true }
        reason = FetchError(.bodyTooLarge, "the content has more than \(limit) bytes")
        return false
    }

    func headCompleted(_ head: ResponseHeadParser.Head) throws(FetchError) -> Bool {
        try chooseDecoder(head)
        if request.method != .head, let length = head.fields["content-length"].flatMap({ Int($0) }) {
            if let limit, length > limit, !head.fields.contains("content-encoding") {
                reason = FetchError(.bodyTooLarge, "the content has \(length) bytes, allowed are \(limit)")
                return false
            }
            if head.version == .http2 { announced = length }
        }
        self.head = head
        wake()
        return true
    }

    /// Looks at the clock again after it was changed; the timer is only moved when it would come too late.
    func rearm() {
        guard !isOver, let due = clock.due else { return }
        if let timerTime, timerTime <= due { return }
        timer?.cancel()
        timerTime = due
        timer = loop.schedule(at: due) { [weak self] in self?.timerFired() }
    }

    /// Within a callback of curl: no more content for now; `resumeReceiving` follows.
    func pauseReceiving() -> Int {
        isReceivePaused = true
        clock.paused()
        return Int(CURL_WRITEFUNC_PAUSE)
    }

    /// Receives again in the next turn.
    func resumeLater() {
        guard !willResume else { return }
        willResume = true
        loop.schedule(after: .zero) { [self] in
            willResume = false
            if isReceivePaused { resumeReceiving() }
        }
    }

    func resumeReceiving() {
        isReceivePaused = false
        goOn()
    }

    /// Lets curl go on with what was paused and is not any more. Never within a callback of curl.
    func goOn() {
        guard !isOver, !isReceived else { return }
        clock.resumed(.now())
        rearm()
        let mask = (isReceivePaused ? CURLPAUSE_RECV : 0) | (isSendPaused ? CURLPAUSE_SEND : 0)
        let code = curl_easy_pause(easy.pointer, mask)
        // What was held back is delivered within the call, and its refusal is told only here.
        if code != CURLE_OK { completed(code) }
    }

    // MARK: Private

    private func timerFired() {
        timer = nil
        timerTime = nil
        let now = MonotonicTime.now()
        guard let code = clock.overdue(now) else { return rearm() }
        if code == .deadlineExceeded { return fail(code, "the deadline has passed") }
        if code == .connectTimeout { return fail(code, "no connection in time") }
        fail(code, head == nil ? "no answer came in time" : "the answer stopped coming")
    }

    private func finish(_ error: FetchError?) {
        guard !isOver else { return }
        isOver = true
        timer?.cancel()
        timer = nil
        failure = error
        upload?.abort()
        pipe.finish(error)
        wake()
        let notify = ended
        ended = nil
        restart = nil
        connected = nil
        notify?(self)
    }

    private func wake() {
        waiting?.resume()
        waiting = nil
    }
}
