import Config
import Logging
import Observe
import Plugin
import Reactor
import Synchronization
import Testing

@Suite struct DriverSlotTests {
    /// What happened, in order.
    final class Journal: Sendable {
        private let lines = Mutex<[String]>([])
        var all: [String] { lines.withLock { $0 } }
        func add(_ line: String) { lines.withLock { $0.append(line) } }
    }

    protocol Greeter: Driver {
        func greet() async -> String
    }

    struct Polite: Greeter {
        static let name: StaticString = "polite"
        let context: DriverContext

        init(context: DriverContext) throws { self.context = context }
        func probe() async throws {}
        func greet() async -> String { "good day from \(context.name)" }
        func close() async { DriverSlotTests.journal.add("closed \(context.name)") }
    }

    struct Refusing: Greeter {
        static let name: StaticString = "refusing"
        init(context: DriverContext) throws {}
        func probe() async throws { throw CancellationError() }
        func greet() async -> String { "never" }
    }

    struct Hanging: Greeter {
        static let name: StaticString = "hanging"
        init(context: DriverContext) throws {}
        func probe() async throws {
            let (stream, _) = AsyncStream.makeStream(of: Void.self)
            for await _ in stream {}
            throw CancellationError()
        }
        func greet() async -> String { "never" }
    }

    struct Broken: Greeter {
        struct NoToken: Error {}
        static let name: StaticString = "broken"
        init(context: DriverContext) throws { throw NoToken() }
        func probe() async throws {}
        func greet() async -> String { "never" }
    }

    struct Foreign: Driver {
        static let name: StaticString = "foreign"
        init(context: DriverContext) throws {}
        func probe() async throws {}
    }

    static let journal = Journal()
    private static let loops = Result { try EventLoopGroup(count: 1) }

    private func context(_ name: String) throws -> DriverContext {
        let loops = try Self.loops.get()
        return DriverContext(
            name: name,
            version: "1.0",
            slot: "test.greeter",
            settings: try Settings(declared: [], environment: [:]),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            metrics: MetricRegistry(),
            loops: loops
        )
    }

    /// Never times out: waits until cancelled.
    private static let forever: @Sendable (Duration) async throws -> Void = { _ in
        let (stream, _) = AsyncStream.makeStream(of: Void.self)
        for await _ in stream {}
        try Task.checkCancellation()
    }

    private func slot(
        pause: @escaping @Sendable (Duration) async throws -> Void = forever
    ) -> DriverSlot<any Greeter> {
        DriverSlot("test.greeter", pause: pause)
    }

    @Test func `an empty slot says what to do`() async throws {
        let slot = slot()
        let error = try await #require(throws: DriverError.self) { try await slot.use { await $0.greet() } }
        #expect(error.code == .empty && error.description.contains("test.greeter.driver"))
        #expect(throws: DriverError.self) { try slot.current }
    }

    @Test func `a swap switches, then closes the old driver`() async throws {
        let slot = slot()
        let first = try await slot.swap(to: Polite.self, context: context("one"))
        #expect(first.replaced == nil)
        #expect(try await slot.use { await $0.greet() } == "good day from one")
        let second = try await slot.swap(to: Polite.self, context: context("two"))
        #expect(second.replaced == "one" && second.driver == "two" && second.abandonedCalls == 0)
        #expect(try await slot.current.greet() == "good day from two")
        #expect(Self.journal.all.contains("closed one") && !Self.journal.all.contains("closed two"))
        #expect(slot.status.generation == 2)
    }

    @Test(arguments: [
        (Refusing.self as any Driver.Type, DriverError.Code.probeFailed), (Broken.self, .makeFailed),
        (Foreign.self, .wrongPort),
    ])
    func `what fails before the switch leaves the old one`(driver: any Driver.Type, code: DriverError.Code) async throws
    {
        let slot = slot()
        _ = try await slot.swap(to: Polite.self, context: context("old-\(driver.name)"))
        let error = try await #require(throws: DriverError.self) {
            try await slot.swap(to: driver, context: context("\(driver.name)"))
        }
        #expect(error.code == code)
        #expect(try await slot.use { await $0.greet() } == "good day from old-\(driver.name)")
        #expect(slot.status.lastFailure == error.description)
        _ = try await slot.swap(to: Polite.self, context: context("new-\(driver.name)"))
        #expect(slot.status.lastFailure == nil)
    }

    @Test func `a probe that hangs is given up`() async throws {
        let slot = slot(pause: { _ in })
        let error = try await #require(throws: DriverError.self) {
            try await slot.swap(to: Hanging.self, context: context("hanging"))
        }
        #expect(error.code == .probeFailed && error.message.contains("10.0 seconds"))
    }

    @Test func `a call under way keeps its driver open`() async throws {
        let slot = slot()
        _ = try await slot.swap(to: Polite.self, context: context("busy-old"))
        let (entered, enter) = AsyncStream.makeStream(of: Void.self)
        let (released, release) = AsyncStream.makeStream(of: Void.self)
        async let call: String = slot.use { driver in
            enter.finish()
            for await _ in released {}
            #expect(!Self.journal.all.contains("closed busy-old"))
            return await driver.greet()
        }
        for await _ in entered {}
        async let swap = slot.swap(to: Polite.self, context: context("busy-new"))
        while try await slot.use({ await $0.greet() }) != "good day from busy-new" { await Task.yield() }
        let busy = try await #require(throws: DriverError.self) {
            try await slot.swap(to: Polite.self, context: context("third"))
        }
        #expect(busy.code == .busy)
        #expect(!Self.journal.all.contains("closed busy-old"))
        release.finish()
        #expect(try await call == "good day from busy-old")
        #expect(try await swap.abandonedCalls == 0)
        #expect(Self.journal.all.contains("closed busy-old"))
    }

    @Test func `a call that never ends is left behind`() async throws {
        let slot = slot(pause: { limit in
            // The probe may take as long as it likes here; the drain may not.
            if limit == .seconds(10) { try await DriverSlotTests.forever(limit) }
        })
        _ = try await slot.swap(to: Polite.self, context: context("stuck"))
        let (entered, enter) = AsyncStream.makeStream(of: Void.self)
        let (released, release) = AsyncStream.makeStream(of: Void.self)
        async let call: Void = slot.use { _ in
            enter.finish()
            for await _ in released {}
        }
        for await _ in entered {}
        #expect(try await slot.swap(to: Polite.self, context: context("next")).abandonedCalls == 1)
        release.finish()
        try await call
    }

    @Test func `a closed slot takes nothing`() async throws {
        let slot = slot()
        _ = try await slot.swap(to: Polite.self, context: context("last"))
        await slot.close()
        #expect(Self.journal.all.contains("closed last"))
        let error = try await #require(throws: DriverError.self) {
            try await slot.swap(to: Polite.self, context: context("late"))
        }
        #expect(error.code == .closed)
    }
}
