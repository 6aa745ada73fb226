public import Config
public import Plugin

/// The market service as the host sees it.
public struct MarketPlugin: Plugin {
    /// The name in `LONJA_PLUGIN`.
    public static var name: StaticString { "market" }
    /// No keys of its own.
    public static var settings: [Setting] { [] }

    /// Cheap; opens nothing.
    public init(context: PluginContext) throws {}
}
