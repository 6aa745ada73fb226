public import Config
public import Plugin

/// The gateway service as the host sees it.
public struct GatewayPlugin: Plugin {
    /// The name in `LONJA_PLUGIN`.
    public static var name: StaticString { "gateway" }
    /// No keys of its own.
    public static var settings: [Setting] { [] }

    /// Cheap; opens nothing.
    public init(context: PluginContext) throws {}
}
