public import Config
public import Plugin
public import RPC

/// The auth service as the host sees it.
public struct AuthPlugin: Plugin {
    /// The name in `LONJA_PLUGIN`.
    public static var name: StaticString { "auth" }
    /// No keys of its own.
    public static var settings: [Setting] { [] }

    /// Cheap; opens nothing.
    public init(context: PluginContext) throws {}

    /// The service, whose methods answer UNIMPLEMENTED.
    public var services: [any RPCService] { [AuthRPC()] }
}
