/// What the door of a service gives the host: its plugin type. The host makes the instance.
public final class PluginFactory: Sendable {
    /// The type behind the door.
    public let plugin: any Plugin.Type

    init(_ plugin: any Plugin.Type) {
        self.plugin = plugin
    }
}
