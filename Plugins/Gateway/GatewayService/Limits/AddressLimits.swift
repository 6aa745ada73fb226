import HTTP
import RPC

/// The first filter: where a request comes from, which the services are told, and how much one address, and all together,
/// may have at once and over time. Before anybody is asked whose session it is.
struct AddressLimits: RESTFilter {
    let proxies: TrustedProxies
    let gate: OccupancyGate
    let limiter: RateLimiter

    func answer(
        _ call: RESTCall,
        _ context: CallContext,
        _ route: (CallContext, (any Sendable)?) async throws -> RESTResponse
    ) async throws -> RESTResponse {
        // Whoever asks whether the process lives must hear so however much there is to do.
        let fields = call.head.fields
        let client = proxies.client(call.remote, fields)
        guard call.quota != .none else { return try await route(context.from(client, fields), nil) }
        let address = client.map(LimitSubject.init)
        let permit = try gate.enter(address, isStream: call.quota == .stream)
        guard let address else { return holding(permit, try await route(context.from(client, fields), nil)) }
        return try await limiter.limiting(call.quota, address) {
            holding(permit, try await route(context.from(client, fields), nil))
        }
    }

    /// The answer; one that is still to be written keeps the place until it is, or is thrown away.
    private func holding(_ permit: OccupancyGate.Permit, _ answer: RESTResponse) -> RESTResponse {
        guard case .stream(let body) = answer.body else { return answer }
        var answer = answer
        answer.body = .stream { writer in
            defer { withExtendedLifetime(permit) {} }
            try await body(writer)
        }
        return answer
    }
}
