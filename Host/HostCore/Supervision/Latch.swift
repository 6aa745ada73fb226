/// Opens once; one task waits for that.
struct Latch: Sendable {
    private let stream: AsyncStream<Never>
    private let continuation: AsyncStream<Never>.Continuation

    init() {
        (self.stream, self.continuation) = AsyncStream.makeStream(of: Never.self)
    }

    /// Lets the waiting task go on, now or when it comes. Any thread, any number of times.
    func open() { self.continuation.finish() }

    /// Waits until it is open, or the task is cancelled. One task.
    func wait() async {
        for await _ in self.stream {}
    }
}
