public import Config
public import Plugin
public import RPC

/// The wallet service as the host sees it.
public struct WalletPlugin: Plugin {
    /// The name in `LONJA_PLUGIN`.
    public static var name: StaticString { "wallet" }
    /// No keys of its own.
    public static var settings: [Setting] { [] }

    /// Cheap; opens nothing.
    public init(context: PluginContext) throws {}

    /// The service, whose methods answer UNIMPLEMENTED.
    public var services: [any RPCService] { [WalletRPC()] }
}
