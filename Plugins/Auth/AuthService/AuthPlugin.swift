public import Config
public import Plugin

/// The auth service as the host sees it.
public struct AuthPlugin: Plugin {
    /// The name in `LONJA_PLUGIN`.
    public static var name: StaticString { "auth" }
    /// No keys of its own.
    public static var settings: [Setting] { [] }

    /// Cheap; opens nothing.
    public init(context: PluginContext) throws {}
}
