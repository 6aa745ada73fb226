public import Config
public import Plugin
public import RPC
import ServiceLifecycle
import Valkey

/// The auth service as the host sees it.
public struct AuthPlugin: Plugin {
    /// The name in `LONJA_PLUGIN`.
    public static var name: StaticString { "auth" }
    /// Where its Valkey is.
    public static var settings: [Setting] { ValkeySettings.declared(for: "auth") }

    private let store: ValkeyClient?

    /// Cheap; opens nothing.
    public init(context: PluginContext) throws {
        store = try context.valkey()
    }

    /// Checks that the store answers.
    public func migrate() async throws {
        try await store?.ping()
    }

    /// The service, whose methods answer UNIMPLEMENTED.
    public var services: [any RPCService] { [AuthRPC()] }

    /// Keeps the connections until the end.
    public func run() async throws {
        try? await gracefulShutdown()
        store?.close()
    }
}
