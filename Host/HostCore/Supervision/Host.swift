import CHost
import Config
import Glibc
import Logging
import Observe
import Plugin
import Reactor

/// The process `lonja serve`: loads plugins, runs them, and ends them in order.
public struct Host: Sendable {
    private let options: HostOptions
    private let started: @Sendable (HostAddresses) -> Void

    /// A host that has done nothing yet.
    /// - Parameter started: called once everything serves.
    public init(_ options: HostOptions, started: @escaping @Sendable (HostAddresses) -> Void = { _ in }) {
        self.options = options
        self.started = started
    }

    /// Runs until a signal, or a fault, ends it. Call it once, from the main thread, before any other thread is made.
    /// - Throws: `StartError`.
    public func run() async throws -> ExitCode {
        signal(SIGPIPE, SIG_IGN)
        host_trap_install()
        try Self.checkOwnParts()
        let copies = PrivateCopies(environment: self.options.environment)
        defer { copies.remove() }
        let assembly = try PluginAssembly.load(self.options, copies: copies)
        HostLogging.bootstrap(assembly.settings)
        let loops = assembly.settings.int("host.loops")
        let group: EventLoopGroup
        do {
            group = try EventLoopGroup(
                count: loops == 0 ? nil : loops,
                busyPoll: assembly.settings.duration("host.busyPoll"),
                observer: Self.watchdog(assembly.settings.duration("host.watchdog"))
            )
        } catch {
            throw StartError(.internalError, "the event loops do not start: \(error)")
        }
        defer { group.shutdown() }
        let supervisor = Supervisor(
            assembly,
            options: self.options,
            group: group,
            copies: copies,
            started: self.started
        )
        return try await group.next().run { try await supervisor.run() }
    }

    /// Brings the store of each plugin to the shape its build needs, and ends.
    /// - Throws: `StartError`.
    public func migrate() async throws -> ExitCode {
        host_trap_install()
        try Self.checkOwnParts()
        let copies = PrivateCopies(environment: self.options.environment)
        defer { copies.remove() }
        let assembly = try PluginAssembly.load(self.options, copies: copies)
        HostLogging.bootstrap(assembly.settings)
        let group = try EventLoopGroup(count: 1)
        defer { group.shutdown() }
        let supervisor = Supervisor(assembly, options: self.options, group: group, copies: copies, started: { _ in })
        try await group.next().run { try await supervisor.migrateOnly() }
        return .success
    }

    /// Costs two clock reads a step of a loop, so it is off unless asked for.
    private static func watchdog(_ limit: Duration) -> LoopWatchdog? {
        guard limit > .zero else { return nil }
        let logger = Logger(label: "host.watchdog")
        return LoopWatchdog(limit: limit) { loop, time, name in
            logger.warning(
                "an event loop was held",
                metadata: ["loop": "\(loop)", "by": "\(name)", "held": "\(time)"]
            )
        }
    }

    /// The binary and libMeshKit.so are deployed together; a half-done copy of an image is found here.
    private static func checkOwnParts() throws(StartError) {
        guard let mismatch = StampMismatch(.sdk, host: HostStamp.own, kind: nil, name: nil) else { return }
        throw StartError(
            .configuration,
            "libMeshKit.so does not fit this binary: \(mismatch.description); deploy both from one build"
        )
    }
}
