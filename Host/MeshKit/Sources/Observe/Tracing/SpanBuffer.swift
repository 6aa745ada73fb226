/// Spans that wait to be exported, no more than there is room for. A value.
struct SpanBuffer {
    /// What became of a span.
    enum Outcome: Equatable {
        case kept
        /// Kept, and with it there are enough for a batch.
        case completesBatch
        /// There was no room. Spans are worth less than the calls that would wait for them.
        case dropped
    }

    /// The most that wait.
    let capacity: Int
    /// How many make a batch.
    let batch: Int
    private(set) var dropped = 0
    private var spans: [Span] = []

    init(capacity: Int, batch: Int) {
        precondition(batch > 0 && capacity >= batch, "a batch fits into the buffer")
        self.capacity = capacity
        self.batch = batch
    }

    var count: Int { spans.count }

    mutating func add(_ span: Span) -> Outcome {
        guard spans.count < capacity else {
            dropped += 1
            return .dropped
        }
        spans.append(span)
        return spans.count % batch == 0 ? .completesBatch : .kept
    }

    /// The oldest of them, a batch at the most.
    mutating func take() -> [Span] {
        let taken = Array(spans.prefix(batch))
        spans.removeFirst(taken.count)
        return taken
    }
}
