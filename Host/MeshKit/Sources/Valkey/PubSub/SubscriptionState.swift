/// What the server says on a connection for messages, and what it means. A value without I/O.
struct SubscriptionState {
    enum Step: Equatable {
        case nothing
        /// All channels are subscribed for the first time.
        case opened
        case event(ValkeySubscriptionEvent)
        case refused(ValkeyError)
        case violation
    }

    /// How many channels and patterns the server has to confirm.
    let expected: Int
    private var confirmed = 0
    private(set) var wasOpen = false

    init(expected: Int) {
        precondition(expected > 0, "a subscription has at least one channel or pattern")
        self.expected = expected
    }

    /// A new connection begins.
    mutating func restart() {
        confirmed = 0
    }

    /// A reply has come.
    mutating func received(_ reply: ValkeyReply) -> Step {
        switch reply {
        case .error(let text): return .refused(ValkeyError(server: text))
        // The answer to a PING before the first subscription is in force.
        case .status("PONG"): return .nothing
        case .array(let items): return received(items)
        default: return .violation
        }
    }

    private mutating func received(_ items: [ValkeyReply]) -> Step {
        guard case .bytes(let word)? = items.first else { return .violation }
        switch (String(decoding: word, as: UTF8.self), items.count) {
        case ("pong", _): return .nothing
        case ("subscribe", 3), ("psubscribe", 3):
            confirmed += 1
            guard confirmed == expected else { return confirmed < expected ? .nothing : .violation }
            defer { wasOpen = true }
            return wasOpen ? .event(.resumed) : .opened
        case ("message", 3): return message(channel: items[1], payload: items[2], pattern: nil)
        case ("pmessage", 4): return message(channel: items[2], payload: items[3], pattern: items[1])
        default: return .violation
        }
    }

    private func message(channel: ValkeyReply, payload: ValkeyReply, pattern: ValkeyReply?) -> Step {
        guard case .bytes(let channel) = channel, case .bytes(let payload) = payload else { return .violation }
        var message = ValkeyMessage(channel: String(decoding: channel, as: UTF8.self), pattern: nil, payload: payload)
        if let pattern {
            guard case .bytes(let pattern) = pattern else { return .violation }
            message.pattern = String(decoding: pattern, as: UTF8.self)
        }
        return .event(.message(message))
    }
}
