import Config
public import RPC

extension RPCChannelConfiguration {
    /// How commands of this program talk to `service`: as the process does whose variables they share.
    /// - Throws: `StartError` for settings that are wrong.
    public static func command(
        to service: String,
        environment: [String: String]
    ) throws(StartError) -> RPCChannelConfiguration {
        let found = PluginLocator(path: environment["LONJA_PLUGIN_PATH"]).all(.plugin).map(\.name)
        let others = Set(HostOptions.services + found + ["plugins"])
        let settings: Settings
        do {
            settings = try Settings(declared: HostSettings.own, tolerating: others, environment: environment)
        } catch {
            throw StartError(.configuration, error.description)
        }
        var configuration = RPCChannelConfiguration()
        configuration.tls = try HostTLS.read(settings.snapshot, metrics: nil).rpc.map {
            RPCChannelTLS($0, service: service)
        }
        return configuration
    }
}
