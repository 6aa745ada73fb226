import HTTP
import Observe
import Reactor
import Testing

@testable import Fetch

@Suite struct FetchMetricsTests {
    private func value(_ name: String, _ labels: String, _ metrics: MetricRegistry) -> Double? {
        let prefix = "\(name){client=\"shown\"\(labels)} "
        let line = metrics.prometheusText().split(separator: "\n").first { $0.hasPrefix(prefix) }
        return line.flatMap { Double($0.dropFirst(prefix.count)) }
    }

    @Test func attemptsAndConnectionsAreShown() async throws {
        try await withFetch(handler: FetchClientTests.answer) { (_, base, group) async throws -> Void in
            let metrics = MetricRegistry()
            var configuration = FetchClientConfiguration()
            configuration.name = "shown"
            configuration.retry = .never
            configuration.connectionsPerHost = 2
            let client = FetchClient(group: group, configuration: configuration, metrics: metrics)
            let loop = group.loops[0]
            for _ in 0..<3 { _ = try await loop.run { try await client.get("\(base)/status?200") } }
            #expect(value("lonja_fetch_transfers_total", ",outcome=\"ok\"", metrics) == 3)
            #expect(value("lonja_fetch_connects_total", "", metrics) == 1)
            #expect(value("lonja_fetch_transfers_in_flight", "", metrics) == 0)
            let isShown = try await loop.run {
                await withTaskGroup(of: FetchError.Code?.self) { tasks in
                    for _ in 0..<5 {
                        tasks.addTask {
                            await client.failure("\(base)/never", deadline: soon(.milliseconds(400)))?.code
                        }
                    }
                    try? await loop.sleep(for: .milliseconds(150))
                    let isShown =
                        value("lonja_fetch_transfers_in_flight", "", metrics) == 2
                        && value("lonja_fetch_transfers_waiting", "", metrics) == 3
                        && value("lonja_fetch_connections", "", metrics) == 2
                    return await tasks.reduce(isShown) { $0 && $1 == .deadlineExceeded }
                }
            }
            #expect(isShown)
            #expect(value("lonja_fetch_transfers_total", ",outcome=\"deadlineExceeded\"", metrics) == 5)
            #expect(value("lonja_fetch_transfers_waiting", "", metrics) == 0)
            #expect(value("lonja_fetch_connections", "", metrics) == 0)
            client.close()
        }
    }
}
