import Config
import Glibc
import Logging
import Observe
import Plugin
import RPC
import Synchronization
import TLS

extension Supervisor {
    /// What sends recorded spans to a collector; nil where none is configured, so that nothing is recorded.
    func makeExporter() throws(StartError) -> TraceExporter? {
        guard let text = self.settings.snapshot.optionalString(HostSettings.tracesEndpoint) else { return nil }
        guard let target = RPCTarget(text) else {
            let origin = self.settings.snapshot.origin(of: HostSettings.tracesEndpoint)
            throw StartError(
                .configuration,
                "\(HostSettings.tracesEndpoint) = \(text) (\(origin)) is no target; use 127.0.0.1:4317 or dns:///collector:4317"
            )
        }
        var configuration = RPCChannelConfiguration()
        configuration.tls = try HostTLS.traces(to: target, self.settings.snapshot, metrics: self.metrics)
        if let slot = configuration.tls?.slot { self.certificates.add(slot) }
        let collector = RPCPeer(name: "collector")
        collector.bind(remote: RPCChannel(target, group: self.group, configuration: configuration))
        return TraceExporter(
            collector,
            resource: self.traceResource,
            metrics: self.metrics,
            logger: Logger(label: "host.traces")
        )
    }

    /// Samples as the configuration says, and as it will say, until its task is cancelled.
    func followTraceRatio() async {
        let changes = self.settings.changes()
        Tracer.process.sample(self.settings.double(HostSettings.tracesRatio))
        for await change in changes where change.keys.contains(HostSettings.tracesRatio) {
            Tracer.process.sample(self.settings.double(HostSettings.tracesRatio))
        }
    }

    /// Names of OpenTelemetry's conventions. A process with one plugin is that service.
    private var traceResource: TraceResource {
        let names = self.plugins.withLock { $0.map(\.name) }
        var attributes = [
            ("service.namespace", "lonja"), ("service.name", names.count == 1 ? names[0] : "lonja"),
            ("service.version", HostStamp.own.version), ("process.pid", "\(getpid())"),
        ]
        if let host = Self.hostName {
            attributes.append(("host.name", host))
            attributes.append(("service.instance.id", "\(host):\(getpid())"))
        }
        return TraceResource(attributes.map { (name: $0.0, value: $0.1) })
    }

    private static var hostName: String? {
        var name = [CChar](repeating: 0, count: 256)
        guard gethostname(&name, name.count - 1) == 0 else { return nil }
        return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
