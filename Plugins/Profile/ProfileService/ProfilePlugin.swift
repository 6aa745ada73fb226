public import Config
public import Plugin
public import RPC

/// The profile service as the host sees it.
public struct ProfilePlugin: Plugin {
    /// The name in `LONJA_PLUGIN`.
    public static var name: StaticString { "profile" }
    /// No keys of its own.
    public static var settings: [Setting] { [] }

    /// Cheap; opens nothing.
    public init(context: PluginContext) throws {}

    /// The service, whose methods answer UNIMPLEMENTED.
    public var services: [any RPCService] { [ProfileRPC()] }
}
