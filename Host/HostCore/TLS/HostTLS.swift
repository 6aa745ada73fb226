import Config
import Observe
import RPC
import TLS

/// The certificates of the process's doors and channels.
struct HostTLS: Sendable {
    /// gRPC, both sides; nil without TLS.
    let rpc: TLSSlot?
    /// The public server; nil without TLS.
    let http: TLSSlot?

    static let rpcKey = "host.rpc.tls"
    static let callersKey = "host.rpc.tls.callers"

    /// Reads the files that the settings name.
    /// - Throws: `StartError` with exit code 78 for settings that do not go together, and for files that cannot be used.
    static func read(_ settings: SettingsSnapshot, metrics: MetricRegistry?) throws(StartError) -> HostTLS {
        let certificate = settings.optionalString("\(rpcKey).certificate")
        guard certificate != nil || !settings.bool("\(rpcKey).local") else {
            throw StartError(
                .configuration,
                "\(rpcKey).local is for lonja up, which makes certificates below its state; give lonja serve those by"
                    + " \(rpcKey).certificate, .key and .authorities"
            )
        }
        let metrics = metrics.map { TLSMetrics($0) }
        return HostTLS(
            rpc: try slot("rpc", .mutual, ["certificate", "key", "authorities"], settings, metrics),
            http: try slot("http", .publicServer, ["certificate", "key"], settings, metrics)
        )
    }

    /// Every plugin of the process must be named by its certificate: callers would refuse to talk to another.
    func check(names plugins: [String]) throws(StartError) {
        guard let services = rpc?.identity?.services else { return }
        for plugin in plugins where !services.contains(plugin) {
            throw StartError(
                .configuration,
                "\(Self.rpcKey).certificate is for \(services.joined(separator: ", ")), not for \(plugin);"
                    + " give it a DNS name that is \(plugin) or begins with \(plugin) and a dot"
            )
        }
    }

    private static func slot(
        _ name: String,
        _ purpose: TLSSlot.Purpose,
        _ parts: [String],
        _ settings: SettingsSnapshot,
        _ metrics: TLSMetrics?
    ) throws(StartError) -> TLSSlot? {
        let prefix = "host.\(name).tls"
        let paths = parts.map { settings.optionalString("\(prefix).\($0)").flatMap { $0.isEmpty ? nil : $0 } }
        guard paths.contains(where: { $0 != nil }) else { return nil }
        for (part, path) in zip(parts, paths) where path == nil {
            let others = parts.filter { $0 != part }.map { "\(prefix).\($0)" }.joined(separator: " and ")
            throw StartError(.configuration, "\(prefix).\(part) is not set, but TLS needs it beside \(others)")
        }
        let files = TLSFiles(
            certificate: paths[0],
            key: paths[1],
            authorities: parts.count > 2 ? paths[2] : nil
        )
        do {
            return try TLSSlot(name, purpose, files: files, metrics: metrics)
        } catch {
            let keys = parts.map { "\(prefix).\($0)" }.joined(separator: ", ")
            throw StartError(.configuration, "\(error) (\(keys))")
        }
    }
}
