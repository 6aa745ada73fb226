/// One connection's dialogue after EHLO (RFC 5321, 4954, 2920, 1870, 6152, 6531). A value without I/O or clock: replies go
/// in, what is to be sent comes out.
///
/// curl's own dialogue is not used from there on: it cannot declare BODY=8BITMIME, shows no reply per recipient, and
/// blocks for the answer to its QUIT.
struct SMTPSession {
    /// What to do after an event.
    enum Action {
        case send([[UInt8]])
        /// Authenticated, if that was wanted; a message may begin.
        case ready
        case delivered(SMTPDelivery)
        /// The message, or the authentication, has failed; `isUsable` says what of the session is left.
        case failed(FetchError)
    }

    /// How long an answer may take: RFC 5321 §4.5.3.2 names minutes; the end of the message needs the most.
    enum Patience { case command, data, message }

    /// What an answer that is due is the answer to.
    enum Step: Equatable { case reset, mail, recipient(Int) }

    private enum State {
        case fresh
        case authenticating(SMTPAuthentication)
        case idle
        case envelope
        case data
        case content
        case broken
    }

    private let host: String
    private var state = State.fresh
    private(set) var capabilities = SMTPCapabilities()
    private var isUsed = false
    private var message: SMTPMessage?
    private var wire: [[UInt8]] = []
    private var unsent: [(Step, String)] = []
    private var due: [Step] = []
    private var replies: [SMTPReply?] = []
    private var refusal: FetchError?

    init(host: String) {
        self.host = host
    }

    /// Whether another message may follow.
    var isUsable: Bool {
        if case .idle = state { true } else { false }
    }

    /// How long the next answer may take.
    var patience: Patience {
        switch state {
        case .data: .data
        case .content: .message
        default: .command
        }
    }

    // MARK: Events

    /// The connection is there and EHLO was answered.
    /// - Parameter mayAuthenticate: whether credentials may be sent on this connection at all.
    mutating func opened(
        _ ehlo: SMTPReply?,
        _ credentials: SMTPCredentials?,
        mayAuthenticate: Bool
    ) -> [Action] {
        capabilities = ehlo.map(SMTPCapabilities.init) ?? SMTPCapabilities()
        guard let credentials else {
            state = .idle
            return [.ready]
        }
        guard mayAuthenticate else {
            return breakOff(FetchError(.tlsNotOffered, "\(host): credentials are not sent without TLS"))
        }
        do throws(FetchError) {
            let authentication = try SMTPAuthentication(credentials, offered: capabilities.mechanisms)
            state = .authenticating(authentication)
            return [line(authentication.command)]
        } catch {
            return breakOff(FetchError(error.code, "\(host): \(error.message)"))
        }
    }

    /// A message is to be sent. Only when `isUsable`.
    mutating func begin(_ message: SMTPMessage, _ needs: SMTPMessage.Needs) -> [Action] {
        precondition(isUsable, "a session sends one message at a time")
        if let missing = missing(needs) { return [.failed(missing)] }
        self.message = message
        wire = needs.wire
        refusal = nil
        replies = Array(repeating: nil, count: message.recipients.count)
        unsent = isUsed ? [(.reset, "RSET")] : []
        isUsed = true
        unsent.append((.mail, mail(message, needs)))
        for (index, address) in message.recipients.enumerated() {
            unsent.append((.recipient(index), "RCPT TO:<\(address)>"))
        }
        state = .envelope
        return sendMore()
    }

    /// An answer has come.
    mutating func received(_ reply: SMTPReply) -> [Action] {
        // 421: the server closes, whatever was asked (RFC 5321 §3.8).
        if reply.code == 421 { return closing(reply) }
        switch state {
        case .authenticating(var authentication):
            return authenticated(&authentication, reply)
        case .envelope:
            return envelope(reply)
        case .data:
            guard reply.code == 354 else { return refused(reply) }
            state = .content
            defer { wire = [] }
            return [.send(wire)]
        case .content:
            guard reply.isPositive else { return refused(reply) }
            state = .idle
            return [.delivered(SMTPDelivery(reply: reply, recipients: recipients()))]
        case .fresh, .idle, .broken:
            // Nobody asked.
            state = .broken
            return []
        }
    }

    /// The connection was lost, or waiting for it was given up.
    /// - Parameters:
    ///   - error: why.
    ///   - hasSentAll: whether everything that was to be sent has been.
    mutating func interrupted(_ error: FetchError, hasSentAll: Bool) -> [Action] {
        let isOpen: Bool
        if case .content = state { isOpen = hasSentAll } else { isOpen = false }
        let isWaiting =
            switch state {
            case .authenticating, .envelope, .data, .content: true
            case .fresh, .idle, .broken: false
            }
        state = .broken
        guard isWaiting else { return [] }
        guard isOpen else { return [.failed(error)] }
        let text = "the whole message was sent and no answer came (\(error.code)): it may have been accepted"
        return [.failed(FetchError(.outcomeUnknown, "\(host): \(text)", recipients: recipients()))]
    }

    // MARK: Steps

    private mutating func authenticated(_ authentication: inout SMTPAuthentication, _ reply: SMTPReply) -> [Action] {
        if reply.code == 334 {
            // A "*" gives up; the answer to it ends the exchange (RFC 4954 §4), unless the server asks for ever.
            guard !authentication.hasGivenUp else {
                return breakOff(
                    FetchError(.authenticationFailed, "\(host) asks for credentials without end", reply: reply)
                )
            }
            let answer = authentication.next() ?? "*"
            state = .authenticating(authentication)
            return [line(answer)]
        }
        guard reply.code == 235 else {
            let reason =
                reply.isTransient ? "cannot tell now whether the credentials are good" : "refuses the credentials"
            return breakOff(FetchError(.authenticationFailed, "\(host) \(reason): \(reply)", reply: reply))
        }
        state = .idle
        return [.ready]
    }

    private mutating func envelope(_ reply: SMTPReply) -> [Action] {
        guard !due.isEmpty else {
            return breakOff(FetchError(.protocolViolation, "\(host): an answer that nobody asked for"))
        }
        switch due.removeFirst() {
        case .reset, .mail:
            if !reply.isPositive, refusal == nil { refusal = error(reply) }
        case .recipient(let index):
            replies[index] = reply
        }
        // Without pipelining there is no use in asking on.
        if refusal != nil { unsent = [] }
        if !unsent.isEmpty { return sendMore() }
        guard due.isEmpty else { return [] }
        if let failure = refusal ?? refusedRecipients() {
            state = .idle
            return [.failed(failure)]
        }
        state = .data
        return [line("DATA")]
    }

    /// The failure that the recipients' answers amount to, if it is one.
    private func refusedRecipients() -> FetchError? {
        let refused = replies.compactMap { $0 }.filter { !$0.isPositive }
        guard let first = refused.first(where: \.isPermanent) ?? refused.first else { return nil }
        if message?.allowsPartialDelivery ?? false, refused.count < replies.count { return nil }
        let isLater =
            refused.contains { !$0.isPermanent } && (message?.allowsPartialDelivery ?? false || !first.isPermanent)
        return FetchError(
            isLater ? .mailDeferred : .mailRejected,
            "\(host) refuses \(refused.count) of \(replies.count) recipients, the first with \(first.code)"
                + (first.enhanced.map { " \($0)" } ?? ""),
            reply: first,
            recipients: recipients()
        )
    }

    private mutating func refused(_ reply: SMTPReply) -> [Action] {
        state = .idle
        return [.failed(error(reply))]
    }

    private mutating func closing(_ reply: SMTPReply) -> [Action] {
        let wasWaiting =
            switch state {
            case .fresh, .idle, .broken: false
            default: true
            }
        state = .broken
        return wasWaiting ? [.failed(error(reply))] : []
    }

    private mutating func breakOff(_ error: FetchError) -> [Action] {
        state = .broken
        return [.failed(error)]
    }

    private mutating func sendMore() -> [Action] {
        let count = capabilities.hasPipelining ? unsent.count : 1
        var text = ""
        for (step, command) in unsent.prefix(count) {
            text += command + "\r\n"
            due.append(step)
        }
        unsent.removeFirst(count)
        return [.send([Array(text.utf8)])]
    }

    // MARK: Texts

    private func line(_ text: String) -> Action { .send([Array("\(text)\r\n".utf8)]) }

    private func mail(_ message: SMTPMessage, _ needs: SMTPMessage.Needs) -> String {
        var text = "MAIL FROM:<\(message.sender ?? "")>"
        if capabilities.hasSize { text += " SIZE=\(needs.size)" }
        if needs.is8Bit { text += " BODY=8BITMIME" }
        if needs.isInternational { text += " SMTPUTF8" }
        return text
    }

    private func missing(_ needs: SMTPMessage.Needs) -> FetchError? {
        if needs.is8Bit, !capabilities.has8BitMIME {
            return FetchError(.notOffered, "\(host) takes no 8-bit mail (8BITMIME), and this one is")
        }
        if needs.isInternational, !capabilities.hasSMTPUTF8 {
            return FetchError(.notOffered, "\(host) takes no addresses beyond ASCII (SMTPUTF8), and this mail has one")
        }
        if capabilities.maximumSize > 0, needs.size > capabilities.maximumSize {
            let text = "the mail has \(needs.size) bytes, \(host) takes \(capabilities.maximumSize)"
            return FetchError(.mailRejected, text)
        }
        return nil
    }

    private func error(_ reply: SMTPReply) -> FetchError {
        // A 2yz or 3yz where it makes no sense may be another answer tomorrow.
        let code: FetchError.Code = reply.isPermanent ? .mailRejected : .mailDeferred
        return FetchError(
            code,
            "\(host) answers \(reply.code)\(reply.enhanced.map { " \($0)" } ?? "")",
            reply: reply,
            recipients: recipients()
        )
    }

    private func recipients() -> [SMTPRecipient] {
        zip(message?.recipients ?? [], replies).map { SMTPRecipient(address: $0, reply: $1) }
    }
}
