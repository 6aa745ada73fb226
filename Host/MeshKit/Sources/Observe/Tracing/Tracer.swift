import Synchronization

/// Which traces are recorded, and the spans that wait for whoever exports them. One per process, off until something exports.
/// Any thread; nothing here blocks or fails.
public final class Tracer: Sendable {
    /// The process's own.
    public static let process = Tracer()

    /// The most spans that wait; more are dropped and counted.
    public static let capacity = 4096
    /// Spans of one export.
    public static let batch = 512

    private struct State {
        var buffer = SpanBuffer(capacity: Tracer.capacity, batch: Tracer.batch)
        var wake: (@Sendable () -> Void)?
    }

    private let state = Mutex(State())
    private let on = Atomic(false)
    /// A trace whose last 63 bits are below it is sampled.
    private let threshold = Atomic<UInt64>(0)

    init() {}

    /// Whether spans are kept.
    public var isOn: Bool { on.load(ordering: .relaxed) }

    /// Spans that were lost for want of room.
    public var dropped: Int { state.withLock { $0.buffer.dropped } }

    /// Spans that wait.
    public var waiting: Int { state.withLock { $0.buffer.count } }

    /// Samples this share of the traces that begin here, 0 to 1; also while it is on.
    public func sample(_ ratio: Double) {
        let share = min(max(ratio, 0), 1)
        threshold.store(share == 1 ? .max : UInt64(share * 0x1p63), ordering: .relaxed)
    }

    /// Keeps spans from now on; `wake` is called whenever there are enough of them for an export.
    public func turnOn(wake: @escaping @Sendable () -> Void) {
        state.withLock { $0.wake = wake }
        on.store(true, ordering: .releasing)
    }

    /// Keeps no more spans; those that wait can still be taken.
    public func turnOff() {
        on.store(false, ordering: .relaxed)
        threshold.store(0, ordering: .relaxed)
        state.withLock { $0.wake = nil }
    }

    /// Whether a trace that begins here is recorded: by its id, so that all who decide decide alike.
    func samples(_ id: TraceContext.TraceID) -> Bool {
        let threshold = threshold.load(ordering: .relaxed)
        return threshold != 0 && id.low >> 1 < threshold
    }

    /// Keeps a span of a trace that `isRecorded`.
    public func record(_ span: Span) {
        guard isOn else { return }
        let wake = state.withLock { state in
            state.buffer.add(span) == .completesBatch ? state.wake : nil
        }
        wake?()
    }

    /// The oldest spans that wait, those of one export at the most.
    public func take() -> [Span] { state.withLock { $0.buffer.take() } }
}
