public import Reactor

/// Measures how late a loop's timers are: the time some step of it held it up. One timer a second for each loop.
public enum LoopLagMonitor {
    /// Begins to measure `loop` once every `interval`, for as long as it runs. Any thread.
    ///
    /// Metric `lonja_loop_lag_seconds`, label `loop`: a histogram of how late the timer was.
    public static func start(on loop: EventLoop, metrics: MetricRegistry, interval: Duration = .seconds(1)) {
        let lag = metrics.histograms(
            "lonja_loop_lag_seconds",
            help: "How late a regular timer of an event loop was.",
            labels: ["loop"],
            bounds: [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5]
        ).with(String(loop.index))
        loop.execute { schedule(on: loop, interval, lag) }
    }

    private static func schedule(on loop: EventLoop, _ interval: Duration, _ lag: Histogram) {
        let due = MonotonicTime.now().advanced(by: interval)
        _ = loop.schedule(at: due) { [unowned loop] in
            lag.observe(max(.zero, due.duration(to: MonotonicTime.now())))
            schedule(on: loop, interval, lag)
        }
    }
}
