import Config
import Logging
import Plugin
import RPC
import TLS

extension Supervisor {
    /// Reads the certificates and has their files watched.
    func readCertificates(_ running: [RunningPlugin]) throws(StartError) -> HostTLS {
        let tls = try HostTLS.read(self.settings.snapshot, metrics: self.metrics)
        try tls.check(names: running.map(\.name))
        for slot in [tls.rpc, tls.http].compactMap({ $0 }) { self.certificates.add(slot) }
        return tls
    }

    /// Who may call what: plugins of this process by what they are, others by their certificates.
    func policy(_ running: [RunningPlugin], _ table: RPCServiceTable) throws(StartError) -> CallerPolicy {
        do {
            return CallerPolicy(
                try self.callerRules(running, table),
                plugins: Self.plugins(running),
                metrics: self.metrics
            )
        } catch {
            let origin = self.settings.snapshot.origin(of: HostTLS.callersKey)
            throw StartError(.configuration, "\(HostTLS.callersKey) (\(origin)): \(error)")
        }
    }

    /// Lets changed rules hold, until the task is cancelled. Those that cannot be read change nothing.
    func followCallerRules(_ running: [RunningPlugin], _ table: RPCServiceTable, _ policy: CallerPolicy) async {
        for await change in self.settings.changes() where change.touches(HostTLS.callersKey) {
            do {
                policy.replace(try self.callerRules(running, table))
                self.logger.notice("other callers are allowed", metadata: ["key": "\(HostTLS.callersKey)"])
            } catch {
                self.logger.error(
                    "changed rules of callers refused, the old ones still hold",
                    metadata: ["key": "\(HostTLS.callersKey)", "problem": "\(error)"]
                )
            }
        }
    }

    private func callerRules(
        _ running: [RunningPlugin],
        _ table: RPCServiceTable
    ) throws(CallerRulesError) -> CallerRules {
        let rules = try CallerRules(parsing: self.settings.optionalString(HostTLS.callersKey) ?? "")
        let plugins = Self.plugins(running)
        try rules.check(table.methods.compactMap { method in plugins[method.service].map { ($0, method) } })
        return rules
    }

    /// The plugin of each service.
    private static func plugins(_ running: [RunningPlugin]) -> [String: String] {
        var plugins: [String: String] = [:]
        for entry in running {
            for service in entry.plugin.services { plugins[type(of: service).serviceDescriptor.name] = entry.name }
        }
        return plugins
    }
}
