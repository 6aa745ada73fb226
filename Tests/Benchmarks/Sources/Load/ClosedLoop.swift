internal import Reactor

/// Callers that each wait for an answer before they ask again, as those of pgbench and redis-benchmark do.
package struct ClosedLoop: Sendable {
    package let callers: Int
    package let warmUp: Duration
    package let duration: Duration

    /// A load of so many callers.
    package init(callers: Int, warmUp: Duration, duration: Duration) {
        self.callers = callers
        self.warmUp = warmUp
        self.duration = duration
    }

    /// Runs the load on the caller's loop. What begins after the warm-up and ends within the duration is counted.
    package func run(_ workload: some Workload) async throws -> Measurement {
        let begin = MonotonicTime.now().advanced(by: warmUp)
        let end = begin.advanced(by: duration)
        let histogram = LatencyHistogram()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for caller in 0..<callers {
                group.addTask {
                    try await Self.repeatSteps(
                        workload,
                        Dice(seed: UInt64(caller + 1) &* begin.nanoseconds),
                        from: begin.nanoseconds,
                        to: end.nanoseconds,
                        histogram
                    )
                }
            }
            try await group.waitForAll()
        }
        return Measurement(histogram, requestsPerStep: workload.requestsPerStep, duration: duration)
    }

    private static func repeatSteps(
        _ workload: some Workload,
        _ dice: Dice,
        from begin: UInt64,
        to end: UInt64,
        _ histogram: LatencyHistogram
    ) async throws {
        var dice = dice
        var start = MonotonicTime.now().nanoseconds
        while start < end {
            try await workload.step(&dice)
            let now = MonotonicTime.now().nanoseconds
            if start >= begin, now <= end { histogram.record(now - start) }
            start = now
        }
    }
}
