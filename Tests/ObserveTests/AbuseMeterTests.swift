import Logging
import Reactor
import Testing

@testable import Observe

@Suite struct AbuseMeterTests {
    @Test func linesAreBounded() {
        let meter = AbuseMeter(MetricRegistry(), logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        let begun = MonotonicTime.now()
        let first = (0..<15).map { _ in meter.lineMayBeWritten(at: begun) }
        #expect(first == [Int?](repeating: 0, count: 10) + [Int?](repeating: nil, count: 5))
        let later = begun.advanced(by: .seconds(10))
        #expect(meter.lineMayBeWritten(at: later) == 5, "how many were left out")
        #expect(meter.lineMayBeWritten(at: later) == nil)
        // However long nobody did anything, no more than ten are saved.
        let muchLater = begun.advanced(by: .seconds(100_000))
        #expect((0..<15).filter { _ in meter.lineMayBeWritten(at: muchLater) != nil }.count == 10)
    }

    @Test func everythingIsCounted() {
        let metrics = MetricRegistry()
        let meter = AbuseMeter(metrics, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        for _ in 0..<20 { meter.report("pings", peer: "127.0.0.1:1") }
        meter.count("held_answer")
        for _ in 0..<3 { meter.penalized(for: "pings", peer: "127.0.0.1:1", .seconds(10)) }
        let text = metrics.prometheusText()
        #expect(text.contains("mesh_http2_abuse_total{reason=\"pings\"} 20"), "\(text)")
        #expect(text.contains("mesh_penalties_total{reason=\"pings\"} 3"), "\(text)")
        #expect(text.contains("mesh_http2_abuse_total{reason=\"held_answer\"} 1"), "\(text)")
    }
}
