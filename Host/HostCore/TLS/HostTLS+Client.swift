import Config
public import RPC

extension RPCChannelConfiguration {
    /// How commands of this program talk to `service`: as the process does whose variables they share.
    /// - Throws: `StartError` for settings that are wrong.
    public static func command(
        to service: String,
        environment: [String: String]
    ) throws(StartError) -> RPCChannelConfiguration {
        var environment = environment
        if try LocalCertificates.areWanted(environment) {
            let state = environment["LONJA_STATE"].flatMap { $0.isEmpty ? nil : $0 } ?? ".lonja"
            environment.merge(LocalCertificates(state).variables) { $1 }
        }
        let settings = try UnsetKeys.settings(HostSettings.own, environment)
        var configuration = try RPCChannelConfiguration(settings.snapshot)
        configuration.tls = try HostTLS.read(settings.snapshot, metrics: nil).rpc.map {
            RPCChannelTLS($0, service: service)
        }
        return configuration
    }
}
