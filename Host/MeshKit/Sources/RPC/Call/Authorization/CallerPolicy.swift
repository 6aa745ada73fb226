public import Observe
internal import Synchronization

/// The rules that are asked before each call, from a connection or from a plugin of this process, which can be replaced
/// while they hold. Any thread.
public final class CallerPolicy: Sendable {
    private let plugins: [String: String]
    private let rules: Mutex<CallerRules>
    private let refusals: MetricFamily<Counter>
    /// Grows with each replacement, so that callers know when what was decided for them before is void.
    let generation = Atomic<Int>(1)

    /// A policy.
    /// - Parameters:
    ///   - plugins: the plugin of each service, by the service's full name. Others, as health and reflection, may be called
    ///     by everybody who is proven.
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

    /// Whether a caller may call a method; nil is one who is not proven. Without any rule the plugins of a process may
    /// all call each other; from a connection nobody may then but the plugin itself.
    func allows(_ caller: Caller?, _ method: RPCMethod) -> Bool {
        guard let caller else { return false }
        guard let plugin = plugins[method.service] else { return true }
        return rules.withLock { rules in
            if caller.isLocal, rules.isEmpty { return true }
            return rules.allows(caller.services, plugin: plugin, service: method.service, method: method.name)
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
