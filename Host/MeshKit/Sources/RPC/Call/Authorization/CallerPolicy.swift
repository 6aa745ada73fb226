public import Observe
internal import Synchronization

/// The rules that a server asks before each call, which can be replaced while it serves. Any thread.
public final class CallerPolicy: Sendable {
    private let plugins: [String: String]
    private let rules: Mutex<CallerRules>
    private let refusals: MetricFamily<Counter>
    /// Grows with each replacement, so that connections know when what they found out before is void.
    let generation = Atomic<Int>(1)

    /// A policy.
    /// - Parameters:
    ///   - plugins: the plugin of each service, by the service's full name. Others, as health and reflection, may be called
    ///     by everybody who showed a certificate.
    ///   - metrics: has `mesh_authorization_refusals_total` with the labels service, method and caller.
    public init(_ rules: CallerRules, plugins: [String: String], metrics: MetricRegistry) {
        self.plugins = plugins
        self.rules = Mutex(rules)
        refusals = metrics.counters(
            "mesh_authorization_refusals_total",
            help: "Calls refused because no rule names their caller.",
            labels: ["service", "method", "caller"]
        )
    }

    /// Lets other rules hold, for calls from now on.
    public func replace(_ new: CallerRules) {
        rules.withLock { $0 = new }
        generation.wrappingAdd(1, ordering: .releasing)
    }

    /// Whether a caller may call a method; nil is one without a certificate.
    func allows(_ caller: Caller?, _ method: RPCMethod) -> Bool {
        guard let caller else { return false }
        guard let plugin = plugins[method.service] else { return true }
        return rules.withLock {
            $0.allows(caller.services, plugin: plugin, service: method.service, method: method.name)
        }
    }

    /// Counts a refusal.
    /// - Returns: what the caller is told.
    func refuse(_ caller: Caller?, _ method: RPCMethod) -> RPCError {
        let name = caller?.description ?? "nobody"
        refusals.with(method.service, method.name, name).increment()
        return RPCError(.permissionDenied, "\(name) may not call \(method.path)")
    }
}
