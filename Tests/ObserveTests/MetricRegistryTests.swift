import Observe
import Testing

@Suite struct MetricRegistryTests {
    @Test func `the text is what Prometheus expects`() {
        let registry = MetricRegistry()
        registry.counters("a_total", help: "Back\\slash\nand line.", labels: ["who"]).with("say \"hi\"\\\n").increment(
            by: 3
        )
        registry.gauge("b", help: "A gauge.").set(1.5)
        let histogram = registry.histogram("c_seconds", help: "Times.", bounds: [0.5, 1])
        for value in [0.25, 0.5, 0.75, 2] { histogram.observe(value) }
        registry.callback("d", help: "Asked.", labels: [("x", "1")]) { -7 }
        registry.callback("e", help: "Absent.") { nil }
        #expect(
            registry.prometheusText() == """
                # HELP a_total Back\\\\slash\\nand line.
                # TYPE a_total counter
                a_total{who="say \\"hi\\"\\\\\\n"} 3
                # HELP b A gauge.
                # TYPE b gauge
                b 1.5
                # HELP c_seconds Times.
                # TYPE c_seconds histogram
                c_seconds_bucket{le="0.5"} 2
                c_seconds_bucket{le="1"} 3
                c_seconds_bucket{le="+Inf"} 4
                c_seconds_sum 3.5
                c_seconds_count 4
                # HELP d Asked.
                # TYPE d gauge
                d{x="1"} -7
                # HELP e Absent.
                # TYPE e gauge
                # HELP lonja_metric_series_overflow_total Uses of label values beyond the limit of a metric's series.
                # TYPE lonja_metric_series_overflow_total counter
                lonja_metric_series_overflow_total 0

                """
        )
    }

    @Test func `a name gives the same metric`() {
        let registry = MetricRegistry()
        registry.counter("n_total", help: "N.").increment()
        registry.counter("n_total", help: "N.").increment()
        #expect(registry.counter("n_total", help: "N.").value == 2)
        #expect(registry.counter("n_total", help: "N.") === registry.counter("n_total", help: "N."))
    }

    @Test func `label values are bounded`() {
        let registry = MetricRegistry()
        let family = registry.counters("paths_total", help: "Paths.", labels: ["path"])
        for number in 0..<(MetricFamily<Counter>.maximumSeries + 50) { family.with("/\(number)").increment() }
        #expect(family.with("/0").value == 1)
        #expect(family.with("other").value == 50)
        let lines = registry.prometheusText().split(separator: "\n")
        #expect(lines.count { $0.hasPrefix("paths_total{") } == MetricFamily<Counter>.maximumSeries + 1)
        #expect(lines.contains("lonja_metric_series_overflow_total 50"))
    }

    @Test func `many threads lose nothing`() async {
        let registry = MetricRegistry()
        let counter = registry.counter("t_total", help: "T.")
        let gauge = registry.gauge("t", help: "T.")
        let histogram = registry.histogram("t_seconds", help: "T.", bounds: [1])
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask { @concurrent in
                    for _ in 0..<10_000 {
                        counter.increment()
                        gauge.increment()
                        histogram.observe(0.5)
                    }
                }
            }
        }
        #expect(counter.value == 80_000)
        #expect(gauge.value == 80_000)
        #expect(histogram.snapshot.cumulative == [80_000, 80_000])
        #expect(histogram.snapshot.sum == 40_000)
    }

    @Test func `special numbers`() {
        let registry = MetricRegistry()
        let gauges = registry.gauges("g", help: "G.", labels: ["k"])
        gauges.with("a").set(.infinity)
        gauges.with("b").set(-.infinity)
        gauges.with("c").set(.nan)
        gauges.with("d").set(1e300)
        let text = registry.prometheusText()
        for line in ["g{k=\"a\"} +Inf", "g{k=\"b\"} -Inf", "g{k=\"c\"} NaN", "g{k=\"d\"} 1e+300"] {
            #expect(text.contains(line + "\n"))
        }
    }

    @Test func `the process is measured`() {
        let registry = MetricRegistry()
        ProcessMetrics.register(in: registry, version: "1.2.3", build: "abc")
        let text = registry.prometheusText()
        #expect(text.contains("lonja_build_info{version=\"1.2.3\",build=\"abc\"} 1\n"))
        let resident = text.split(separator: "\n").first { $0.hasPrefix("process_resident_memory_bytes ") }
        #expect((resident?.split(separator: " ").last).flatMap { Int($0) } ?? 0 > 1 << 20)
    }
}
