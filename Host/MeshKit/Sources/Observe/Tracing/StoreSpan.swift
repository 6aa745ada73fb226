import Reactor

/// The span of one call to a store, where the task that makes it is at work for a trace that is recorded; while nothing
/// is exported, one look at a flag.
package struct StoreSpan {
    private let trace: TraceContext
    private let begun: MonotonicTime

    /// Nil where nobody wants it.
    package static func begin() -> StoreSpan? {
        guard Tracer.process.isOn, let trace = CurrentTrace.value, trace.isSampled else { return nil }
        return StoreSpan(trace: trace.child(), begun: .now())
    }

    /// The call has ended.
    /// - Parameters:
    ///   - system: `postgresql` or `valkey`.
    ///   - operation: the first word of what was sent, and none of its values.
    ///   - count: how many of them were sent together.
    ///   - fault: what kind of error it was; nil for none.
    package func end(_ system: String, _ operation: String, count: Int, fault: String?) {
        let span = Span(
            trace,
            "\(system) \(operation)",
            .client,
            nanoseconds: MonotonicTime.now().nanoseconds &- begun.nanoseconds,
            fault: fault,
            [
                ("db.system.name", .text(system)), ("db.operation.name", .text(operation)),
                ("db.operation.batch.size", .number(count)),
            ]
        )
        Tracer.process.record(span)
    }
}
