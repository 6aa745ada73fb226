public import Observe
public import Reactor

extension ValkeyClient {
    /// PING: whether a server answers.
    /// - Throws: `ValkeyError`.
    public func ping(deadline: MonotonicTime? = nil) async throws(ValkeyError) {
        guard try await execute(.ping(), deadline: deadline) == .status("PONG") else {
            throw ValkeyError(.unexpectedReply, "the server answered no PONG")
        }
    }

    /// PUBLISH: sends a message to those who listen to a channel, and gives how many of this server they are.
    /// - Throws: `ValkeyError`.
    @discardableResult
    public func publish(_ message: some ValkeyArgument, to channel: some ValkeyArgument, deadline: MonotonicTime? = nil)
        async throws(ValkeyError) -> Int
    {
        try await execute(.publish(message, to: channel), deadline: deadline).integer()
    }

    /// TIME: what the server's clock says, to the microsecond.
    /// - Throws: `ValkeyError`.
    public func time(deadline: MonotonicTime? = nil) async throws(ValkeyError) -> WallTime {
        let parts = try await execute(.time(), deadline: deadline).values(Int.self)
        guard parts.count == 2 else { throw ValkeyError(.unexpectedReply, "the server gives no time") }
        return WallTime(secondsSinceEpoch: Int64(parts[0]), nanoseconds: Int64(parts[1]) * 1000)
    }
}
