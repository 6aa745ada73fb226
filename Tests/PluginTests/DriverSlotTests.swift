import Config
import Logging
import Observe
import Plugin
import Reactor
import Synchronization
import Testing

@Suite(.serialized, .timeLimit(.minutes(1))) struct DriverSlotTests {
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

    /// Its probe waits for the test.
    struct Waiting: Greeter {
        static let name: StaticString = "waiting"
        let context: DriverContext
        init(context: DriverContext) throws { self.context = context }
        func probe() async throws { await DriverSlotTests.gate.withLock { $0 }?.pass() }
        func greet() async -> String { "never" }
        func close() async { DriverSlotTests.journal.add("closed \(context.name)") }
    }

    /// Its probe cannot be cancelled.
    struct Stubborn: Greeter {
        static let name: StaticString = "stubborn"
        init(context: DriverContext) throws {}
        func probe() async throws { await withUnsafeContinuation { (_: UnsafeContinuation<Void, Never>) in } }
        func greet() async -> String { "never" }
    }

    /// It cannot be closed.
    struct Clinging: Greeter {
        static let name: StaticString = "clinging"
        init(context: DriverContext) throws {}
        func probe() async throws {}
        func greet() async -> String { "still here" }
        func close() async { await withUnsafeContinuation { (_: UnsafeContinuation<Void, Never>) in } }
    }

    /// It notices calls after its end.
    final class Closing: Greeter {
        static let name: StaticString = "closing"
        private let isClosed = Atomic<Bool>(false)
        init(context: DriverContext) throws {}
        func probe() async throws {}
        func greet() async -> String { isClosed.load(ordering: .sequentiallyConsistent) ? "closed" : "open" }
        func close() async { isClosed.store(true, ordering: .sequentiallyConsistent) }
    }

    /// Somebody passes, and waits there until it is opened.
    final class Gate: Sendable {
        private let arrival = AsyncStream.makeStream(of: Void.self)
        private let opening = AsyncStream.makeStream(of: Void.self)
        func pass() async {
            arrival.continuation.finish()
            for await _ in opening.stream {}
        }
        func entered() async { for await _ in arrival.stream {} }
        func open() { opening.continuation.finish() }
    }

    static let gate = Mutex<Gate?>(nil)
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

    private func identity(_ name: String) -> DriverIdentity { DriverIdentity(name: name, version: "1.0", build: "") }

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

    @Test func `a call under way keeps its driver open, and the slot free`() async throws {
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
        let replacement = try await slot.replace(with: Polite.self, context: context("busy-new"))
        #expect(try await slot.use { await $0.greet() } == "good day from busy-new")
        async let swap = replacement.finish()
        // It need not wait for the drain of the one before.
        let third = try await slot.swap(to: Polite.self, context: context("busy-third"))
        #expect(third.replaced == "busy-new" && third.abandonedCalls == 0)
        #expect(Self.journal.all.contains("closed busy-new") && !Self.journal.all.contains("closed busy-old"))
        let status = slot.status
        #expect(status.draining.map(\.driver) == [identity("busy-old")] && status.draining.map(\.inFlight) == [1])
        #expect(status.current == identity("busy-third") && status.previous == identity("busy-new"))
        release.finish()
        #expect(try await call == "good day from busy-old")
        #expect(await swap.abandonedCalls == 0)
        #expect(Self.journal.all.contains("closed busy-old"))
        #expect(slot.status.draining.isEmpty && slot.status.abandonedCalls == 0)
    }

    @Test func `two swaps at once: the second is told so`() async throws {
        let slot = slot()
        let probing = Self.Gate()
        Self.gate.withLock { $0 = probing }
        async let first = slot.swap(to: Waiting.self, context: context("first"))
        await probing.entered()
        let busy = try await #require(throws: DriverError.self) {
            try await slot.swap(to: Polite.self, context: context("second"))
        }
        #expect(busy.code == .busy)
        #expect(slot.status.failures == 0, "being told to wait is no failure of the driver")
        probing.open()
        #expect(try await first.driver == "first")
    }

    @Test func `a slot that is closed during a probe keeps nothing`() async throws {
        let slot = slot()
        let probing = Self.Gate()
        Self.gate.withLock { $0 = probing }
        async let swap = slot.swap(to: Waiting.self, context: context("too-late"))
        await probing.entered()
        await slot.close()
        probing.open()
        do {
            _ = try await swap
            Issue.record("a closed slot took a driver")
        } catch {
            #expect((error as? DriverError)?.code == .closed)
        }
        #expect(Self.journal.all.contains("closed too-late"), "or its connections would stay")
        #expect(slot.status.current == nil)
    }

    @Test func `a probe that cannot be cancelled does not hold the slot`() async throws {
        let hurried = Mutex<Set<Duration>>([.seconds(10), .seconds(1)])
        let slot = slot(pause: { limit in
            if !hurried.withLock({ $0.contains(limit) }) { try await DriverSlotTests.forever(limit) }
        })
        let error = try await #require(throws: DriverError.self) {
            try await slot.swap(to: Stubborn.self, context: context("stubborn"))
        }
        #expect(error.code == .probeFailed)
        hurried.withLock { $0 = [] }
        _ = try await slot.swap(to: Polite.self, context: context("after-stubborn"))
        #expect(try await slot.use { await $0.greet() } == "good day from after-stubborn")
    }

    @Test func `a driver that cannot be closed does not hold the slot`() async throws {
        let slot = slot(pause: { limit in
            if limit != .seconds(5), limit != .seconds(1) { try await DriverSlotTests.forever(limit) }
        })
        _ = try await slot.swap(to: Clinging.self, context: context("clinging"))
        _ = try await slot.swap(to: Polite.self, context: context("after-clinging"))
        #expect(try await slot.use { await $0.greet() } == "good day from after-clinging")
        #expect(slot.status.draining.isEmpty)
    }

    @Test func `the status tells every failure, and keeps the last ten`() async throws {
        let slot = slot()
        _ = try await slot.swap(to: Polite.self, context: context("steady"))
        for number in 0..<12 {
            _ = try? await slot.swap(to: Broken.self, context: context("broken-\(number)"))
        }
        slot.note(failure: "no such file", driver: "absent")
        let status = slot.status
        #expect(status.failures == 13 && status.recentFailures.count == 10)
        #expect(status.recentFailures.last?.driver == "absent" && status.lastFailure == "no such file")
        #expect(status.recentFailures.first?.driver == "broken-3")
        #expect(status.recentFailures.first?.reason.contains("cannot be made") == true)
        #expect(status.current == identity("steady") && status.generation == 1)
    }

    @Test func `calls are counted`() async throws {
        let slot = slot()
        _ = try await slot.swap(to: Polite.self, context: context("counted"))
        for _ in 0..<5 { _ = try await slot.use { await $0.greet() } }
        #expect(slot.status.calls == 5 && slot.status.inFlight == 0)
    }

    @Test func `under a thousand calls and swaps no call meets a closed driver`() async throws {
        let slot: DriverSlot<any Greeter> = slot()
        _ = try await slot.swap(to: Closing.self, context: context("0"))
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    for _ in 0..<500 {
                        let answer = try await slot.use { driver in
                            let first = await driver.greet()
                            await Task.yield()
                            return first == "open" ? await driver.greet() : first
                        }
                        #expect(answer == "open")
                    }
                }
            }
            for number in 1...50 { _ = try await slot.swap(to: Closing.self, context: context("\(number)")) }
            try await group.waitForAll()
        }
        #expect(slot.status.generation == 51 && slot.status.abandonedCalls == 0)
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
