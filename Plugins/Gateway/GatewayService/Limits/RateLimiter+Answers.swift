import HTTP
import RPC

extension RateLimiter {
    /// Counts a request, answers it if it may go on, and says in the answer what is left.
    /// - Throws: 429 at once where it may not; what `route` throws.
    func limiting(
        _ quota: RESTQuota,
        _ subject: LimitSubject,
        _ route: () async throws -> RESTResponse
    ) async throws -> RESTResponse {
        guard let verdict = await count(quota, subject) else { return try await route() }
        if let wait = verdict.retryAfter {
            let error = RPCError(
                .resourceExhausted,
                "too many requests of this \(subject.policy)",
                reason: "rate-limited",
                retryAfter: wait
            )
            throw RESTRefusal(error, fields: verdict.fields)
        }
        do {
            var answer = try await route()
            RateLimitFields.add(verdict.fields, to: &answer.fields)
            return answer
        } catch {
            if let refusal = error as? RESTRefusal, refusal.fields.contains("ratelimit") { throw error }
            throw RESTRefusal(error, fields: verdict.fields)
        }
    }
}
