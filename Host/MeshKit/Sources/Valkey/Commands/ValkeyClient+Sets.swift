public import Reactor

extension ValkeyClient {
    /// SADD: adds members, and gives how many are new.
    /// - Throws: `ValkeyError`.
    @discardableResult
    public func sadd(
        _ key: some ValkeyArgument,
        _ members: some Sequence<some ValkeyArgument>,
        deadline: MonotonicTime? = nil
    ) async throws(ValkeyError) -> Int {
        try await execute(.sadd(key, members), deadline: deadline).integer()
    }

    /// SREM: removes members, and gives how many there were.
    /// - Throws: `ValkeyError`.
    @discardableResult
    public func srem(
        _ key: some ValkeyArgument,
        _ members: some Sequence<some ValkeyArgument>,
        deadline: MonotonicTime? = nil
    ) async throws(ValkeyError) -> Int {
        try await execute(.srem(key, members), deadline: deadline).integer()
    }

    /// SMEMBERS: all members, in no order.
    /// - Throws: `ValkeyError`.
    public func smembers<Value: ValkeyValue>(
        _ key: some ValkeyArgument,
        as type: Value.Type = [UInt8].self,
        deadline: MonotonicTime? = nil
    ) async throws(ValkeyError) -> [Value] {
        try await execute(.smembers(key), deadline: deadline).values(type)
    }

    /// SISMEMBER: whether it is a member.
    /// - Throws: `ValkeyError`.
    public func sismember(_ key: some ValkeyArgument, _ member: some ValkeyArgument, deadline: MonotonicTime? = nil)
        async throws(ValkeyError) -> Bool
    {
        try await execute(.sismember(key, member), deadline: deadline).flag()
    }

    /// SCARD: how many members there are.
    /// - Throws: `ValkeyError`.
    public func scard(_ key: some ValkeyArgument, deadline: MonotonicTime? = nil) async throws(ValkeyError) -> Int {
        try await execute(.scard(key), deadline: deadline).integer()
    }
}
