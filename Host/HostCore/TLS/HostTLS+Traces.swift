import Config
import Observe
import RPC
import TLS

extension HostTLS {
    static let tracesKey = "host.traces.tls"

    /// How the collector of traces at `target` is spoken to; nil without TLS.
    /// - Throws: `StartError` with exit code 78 for settings that do not go together, and for files that cannot be used.
    static func traces(
        to target: RPCTarget,
        _ settings: SettingsSnapshot,
        metrics: MetricRegistry
    ) throws(StartError) -> RPCChannelTLS? {
        func value(_ part: String) -> String? {
            settings.optionalString("\(tracesKey).\(part)").flatMap { $0.isEmpty ? nil : $0 }
        }
        let (certificate, key) = (value("certificate"), value("key"))
        guard (certificate == nil) == (key == nil) else {
            let missing = key == nil ? "key" : "certificate"
            throw StartError(
                .configuration,
                "\(tracesKey).\(missing) is not set, but a certificate and its key go together"
            )
        }
        guard let authorities = value("authorities") else {
            guard certificate == nil, value("name") == nil else {
                throw StartError(
                    .configuration,
                    "\(tracesKey).authorities is not set, but TLS to the collector needs it"
                )
            }
            return nil
        }
        guard let name = value("name") ?? target.host else {
            throw StartError(
                .configuration,
                "\(tracesKey).name is not set, and \(target) does not say whom the collector's certificate must name"
            )
        }
        let files = TLSFiles(certificate: certificate, key: key, authorities: authorities)
        do {
            let slot = try TLSSlot("traces", .foreignClient, files: files, metrics: TLSMetrics(metrics))
            return RPCChannelTLS(slot, name: .host(name))
        } catch {
            throw StartError(
                .configuration,
                "\(error) (\(tracesKey).authorities, \(tracesKey).certificate, \(tracesKey).key)"
            )
        }
    }
}
