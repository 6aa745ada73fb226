internal import Reactor

extension EventLoop {
    /// `run` for a body that throws one type.
    func runTyped<Result: Sendable>(
        _ body: @escaping @Sendable () async throws(ValkeyError) -> Result
    ) async throws(ValkeyError) -> Result {
        do {
            return try await run(body)
        } catch let error as ValkeyError {
            throw error
        } catch {
            preconditionFailure("the body throws nothing else")
        }
    }
}
