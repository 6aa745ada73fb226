/// Puts a reply together from what the reader reports, item by item, and bounds what one reply may cost. Without I/O.
final class ReplyBuilder {
    private struct Frame {
        var items: [ValkeyReply]
        var missing: Int
    }

    /// What an element costs beside its bytes: about what it takes in memory.
    static let elementCost = 32

    private let limit: Int
    private var frames: [Frame] = []
    private var finished: ValkeyReply?
    private var cost = 0
    /// A value that was taken past the reader: what its next text really is.
    private var substitute: [UInt8]?
    /// Items seen since the reader was made.
    private(set) var items = 0
    /// Whether a reply has exceeded the limit.
    private(set) var isExceeded = false

    /// - Parameter limit: bytes of one reply, with `elementCost` for each element.
    init(limit: Int) {
        self.limit = limit
    }

    /// Whether so many more bytes are too many for the reply under way.
    func exceeds(_ bytes: Int) -> Bool {
        bytes > limit - cost
    }

    /// The reader will report an empty text, which stands for `value`.
    func substitute(_ value: [UInt8]) {
        substitute = value
    }

    /// What the text that is reported stands for; nil for itself.
    func takeSubstitute() -> [UInt8]? {
        guard substitute != nil else { return nil }
        defer { substitute = nil }
        return substitute
    }

    /// Takes an item without others inside. False if the reply has become too large.
    func add(_ item: ValkeyReply, bytes: Int) -> Bool {
        items += 1
        guard pay(bytes) else { return false }
        place(item)
        return true
    }

    /// Begins an array of `count` items. False if the reply has become too large.
    func open(count: Int) -> Bool {
        items += 1
        // A promise of many items is refused at once, whether they come or not.
        guard pay(0), count <= (limit - cost) / Self.elementCost else {
            isExceeded = true
            return false
        }
        guard count > 0 else {
            place(.array([]))
            return true
        }
        var frame = Frame(items: [], missing: count)
        frame.items.reserveCapacity(min(count, 256))
        frames.append(frame)
        return true
    }

    /// The reply that has just been completed. Nil if none was.
    func take() -> ValkeyReply? {
        guard let reply = finished else { return nil }
        finished = nil
        cost = 0
        return reply
    }

    private func pay(_ bytes: Int) -> Bool {
        // Bytes come from a buffer in memory: the sum cannot overflow.
        cost += bytes + Self.elementCost
        if cost > limit { isExceeded = true }
        return !isExceeded
    }

    private func place(_ item: ValkeyReply) {
        guard !frames.isEmpty else {
            finished = item
            return
        }
        let last = frames.count - 1
        frames[last].items.append(item)
        frames[last].missing -= 1
        if frames[last].missing == 0 {
            let complete = frames.removeLast()
            place(.array(complete.items))
        }
    }
}
