internal import Synchronization

/// What a policy decided for the caller of one connection, so that the rules are asked once for each method. Loop only.
struct CallerDecisions {
    let policy: CallerPolicy
    let caller: Caller?
    private var known: [ObjectIdentifier: Bool] = [:]
    private var generation = 0

    init(_ policy: CallerPolicy, _ caller: Caller?) {
        self.policy = policy
        self.caller = caller
    }

    /// Whether the caller may call a method.
    mutating func allow(_ method: RPCMethod) -> Bool {
        let current = policy.generation.load(ordering: .acquiring)
        if generation != current {
            generation = current
            known.removeAll(keepingCapacity: true)
        }
        if let decision = known[ObjectIdentifier(method)] { return decision }
        let decision = policy.allows(caller, method)
        known[ObjectIdentifier(method)] = decision
        return decision
    }
}
