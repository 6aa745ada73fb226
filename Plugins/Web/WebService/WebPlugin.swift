public import Config
public import Plugin

/// The web service as the host sees it.
public struct WebPlugin: Plugin {
    /// The name in `LONJA_PLUGIN`.
    public static var name: StaticString { "web" }
    /// No keys of its own.
    public static var settings: [Setting] { [] }

    /// Cheap; opens nothing.
    public init(context: PluginContext) throws {}
}
