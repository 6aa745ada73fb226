public import Config
public import HTTP
public import RPC
public import ServiceLifecycle

/// One service of the mesh, in a library of its own.
///
/// Life: `init` → `migrate` → `services` and `routes` are registered → `run` → ready. Shutdown goes in reverse: calls are
/// drained, then `run` is asked to end. Everything runs on loops; nothing may block one.
public protocol Plugin: Service {
    /// The name that `LONJA_PLUGIN` uses, such as `market`; equal to the one in the stamp.
    static var name: StaticString { get }
    /// Every configuration key this plugin asks for. Others are refused.
    static var settings: [Setting] { get }

    /// Builds the service from its context: cheap, no I/O. The configuration is complete and checked.
    /// - Throws: whatever makes start-up pointless; the process exits with 78 for a `ConfigurationError`, else 70.
    init(context: PluginContext) throws

    /// Brings the store to the shape this build needs, under an advisory lock, as replicas start together.
    func migrate() async throws
    /// The gRPC services it serves. Asked for once, after `migrate`.
    var services: [any RPCService] { get }
    /// The public HTTP routes it serves (gateway). Asked for once, after `migrate`.
    var routes: [RESTRoute] { get }
    /// Answers every public request that is not for a route of this process (web): what it answers goes out as it is.
    /// One plugin of a process at the most has one. Asked for once, after `migrate`.
    var site: HTTPSite? { get }
    /// Whether an address (4 or 16 bytes) is of a proxy in front of this process, which is not to blame for what it passes on.
    /// Any thread.
    func isProxy(_ address: [UInt8]) -> Bool
    /// Works until graceful shutdown or cancellation; returning earlier ends the process.
    func run() async throws
}

extension Plugin {
    /// No keys.
    public static var settings: [Setting] { [] }

    /// Nothing to bring into shape.
    public func migrate() async throws {}

    /// No gRPC services.
    public var services: [any RPCService] { [] }

    /// No public HTTP routes.
    public var routes: [RESTRoute] { [] }

    /// No site.
    public var site: HTTPSite? { nil }

    /// No proxies.
    public func isProxy(_ address: [UInt8]) -> Bool { false }

    /// Waits for graceful shutdown: all the work is in the handlers.
    public func run() async throws {
        try? await gracefulShutdown()
    }
}
