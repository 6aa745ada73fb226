import Config
import Logging
import Observe
import Plugin
import Reactor
import Testing

@testable import HostCore

@Suite struct DriverReportTests {
    struct Steady: Driver {
        static let name: StaticString = "steady"
        init(context: DriverContext) throws {}
        func probe() async throws {}
    }

    struct Broken: Driver {
        struct NoKey: Error, CustomStringConvertible {
            let description = "notification.mail.broken.key is not set"
        }
        static let name: StaticString = "broken"
        init(context: DriverContext) throws { throw NoKey() }
        func probe() async throws {}
    }

    @Test func `a slot is told in lines`() async throws {
        let group = try EventLoopGroup(count: 1)
        defer { group.shutdown() }
        let slot = DriverSlot<any Driver>("notification.mail") { limit in
            let loop = group.next()
            try await loop.run { try await loop.sleep(for: limit) }
        }
        #expect(
            DriverReport.text(of: slot.status, wanted: nil)
                == "notification.mail  no driver\n  swaps: 0 done, 0 failed\n"
        )
        func context(_ name: String, _ build: String) throws -> DriverContext {
            DriverContext(
                name: name,
                version: "1.2",
                build: build,
                slot: "notification.mail",
                settings: try Settings(declared: [], environment: [:]),
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
                metrics: MetricRegistry(),
                loops: group
            )
        }
        _ = try await slot.swap(to: Steady.self, context: context("smtp", String(repeating: "a", count: 64)))
        _ = try await slot.swap(to: Steady.self, context: context("smtp", String(repeating: "b", count: 64)))
        _ = try? await slot.swap(to: Broken.self, context: context("sendgrid", ""))
        try await slot.use { _ in }
        let lines = DriverReport.text(of: slot.status, wanted: "sendgrid").split(separator: "\n")
        #expect(lines[0] == "notification.mail  smtp 1.2 (sha256 bbbbbbbbbbbb)")
        #expect(lines[1].hasPrefix("  since 20") && lines[1].hasSuffix(", 1 calls, 0 under way"))
        #expect(lines[2] == "  wanted: sendgrid")
        #expect(lines[3] == "  before: smtp 1.2 (sha256 aaaaaaaaaaaa)")
        #expect(lines[4] == "  swaps: 1 done, 1 failed")
        #expect(lines[5].hasPrefix("  failed 20"))
        #expect(lines[5].hasSuffix("cannot be made: notification.mail.broken.key is not set"))
        #expect(lines.count == 6)
    }
}
