public import Plugin

/// What this host was built with; a plugin must agree with it to be loaded.
public enum HostStamp {
    /// The stamp that the build laid into this binary.
    public static var own: PluginStamp { PluginStamp(words: stamp) }
}
