import HTTP
import RPC

/// The last filter: how much one account may do over time, from wherever.
struct AccountLimits: RESTFilter {
    let limiter: RateLimiter

    func answer(
        _ call: RESTCall,
        _ context: CallContext,
        _ route: (CallContext, (any Sendable)?) async throws -> RESTResponse
    ) async throws -> RESTResponse {
        guard call.access != .anybody, let account = context.outgoing[CallContext.clientMetadata] else {
            return try await route(context, nil)
        }
        return try await limiter.limiting(call.quota, .account(account)) { try await route(context, nil) }
    }
}
