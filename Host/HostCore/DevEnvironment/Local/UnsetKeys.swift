import Config

/// Which keys no source gives a value: what `lonja up` may fill in.
enum UnsetKeys {
    /// Those of `declared` that neither the environment, nor the secrets folder, nor the file sets.
    /// - Throws: `StartError` for sources that cannot be read, or values that are not of the key's kind.
    static func of(_ declared: [Setting], _ environment: [String: String]) throws(StartError) -> [Setting] {
        let settings = try settings(declared, environment)
        return declared.filter { !settings.snapshot.isSet($0.key) }
    }

    /// The settings `declared`, beside whatever others there are.
    /// - Throws: `StartError` for sources that cannot be read, or values that are not of the key's kind.
    static func settings(_ declared: [Setting], _ environment: [String: String]) throws(StartError) -> Settings {
        // Nothing is loaded yet, so the keys of plugins that are there, Lonja's or not, are for them to check.
        let found = PluginLocator(path: environment["LONJA_PLUGIN_PATH"]).all(.plugin).map(\.name)
        let others = Set(HostOptions.services + found + ["host", "plugins"])
        do {
            return try Settings(declared: declared, tolerating: others, environment: environment)
        } catch {
            throw StartError(.configuration, error.description)
        }
    }
}
