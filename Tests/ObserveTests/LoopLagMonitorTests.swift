import Observe
import Reactor
import Testing

@Suite struct LoopLagMonitorTests {
    @Test(.timeLimit(.minutes(1))) func `a loop that is held shows in the metric`() async throws {
        let group = try EventLoopGroup(count: 1)
        let registry = MetricRegistry()
        LoopLagMonitor.start(on: group.loops[0], metrics: registry, interval: .milliseconds(1))
        // Holds the loop for longer than the timer needs.
        try await group.loops[0].run {
            let end = MonotonicTime.now().advanced(by: .milliseconds(60))
            while MonotonicTime.now() < end {}
        }
        let late = "lonja_loop_lag_seconds_bucket{loop=\"0\",le=\"0.05\"} "
        let all = "lonja_loop_lag_seconds_count{loop=\"0\"} "
        func value(_ prefix: String) -> Int {
            let line = registry.prometheusText().split(separator: "\n").first { $0.hasPrefix(prefix) }
            return line.flatMap { Int($0.dropFirst(prefix.count)) } ?? 0
        }
        while value(all) < 3 { await Task.yield() }
        #expect(value(late) < value(all), "no timer was 50 ms late, though the loop was held for 60 ms")
        group.shutdown()
    }
}
