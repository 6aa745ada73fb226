/// What a reader of a subscription has not taken yet, and whether the server is to wait meanwhile. A value.
struct EventBuffer {
    /// So many bytes of payload fill the buffer, however few messages they are.
    static let maximumBytes = 16 << 20

    private let maximum: Int
    private var events = FIFO<ValkeySubscriptionEvent>()
    private var bytes = 0
    /// Whether reading has been stopped.
    private(set) var isFull = false

    init(maximum: Int) {
        precondition(maximum > 0, "a buffer holds at least one message")
        self.maximum = maximum
    }

    var count: Int { events.count }

    /// Keeps an event. True if reading has to stop now.
    mutating func append(_ event: ValkeySubscriptionEvent) -> Bool {
        events.append(event)
        bytes += Self.size(event)
        guard !isFull, events.count >= maximum || bytes >= Self.maximumBytes else { return false }
        isFull = true
        return true
    }

    /// Gives the oldest event, and whether reading may go on again: not before half of it is free.
    mutating func popFirst() -> (event: ValkeySubscriptionEvent, resumes: Bool)? {
        guard let event = events.popFirst() else { return nil }
        bytes -= Self.size(event)
        guard isFull, events.count <= maximum / 2, bytes <= Self.maximumBytes / 2 else { return (event, false) }
        isFull = false
        return (event, true)
    }

    private static func size(_ event: ValkeySubscriptionEvent) -> Int {
        if case .message(let message) = event { message.payload.count + message.channel.utf8.count } else { 0 }
    }
}
