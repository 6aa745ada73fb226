public import Reactor

extension ValkeyClient {
    /// ZADD: adds members with their scores, or changes the scores, and gives how many are new.
    /// - Throws: `ValkeyError`.
    @discardableResult
    public func zadd(
        _ key: some ValkeyArgument,
        _ members: some Sequence<(score: Double, member: some ValkeyArgument)>,
        deadline: MonotonicTime? = nil
    ) async throws(ValkeyError) -> Int {
        try await execute(.zadd(key, members), deadline: deadline).integer()
    }

    /// ZREM: removes members, and gives how many there were.
    /// - Throws: `ValkeyError`.
    @discardableResult
    public func zrem(
        _ key: some ValkeyArgument,
        _ members: some Sequence<some ValkeyArgument>,
        deadline: MonotonicTime? = nil
    ) async throws(ValkeyError) -> Int {
        try await execute(.zrem(key, members), deadline: deadline).integer()
    }

    /// ZRANGE by rank: the members from rank `first` through `last`, 0 the one with the lowest score, -1 the last.
    /// - Throws: `ValkeyError`.
    public func zrange<Value: ValkeyValue>(
        _ key: some ValkeyArgument,
        _ first: Int,
        _ last: Int,
        as type: Value.Type = [UInt8].self,
        deadline: MonotonicTime? = nil
    ) async throws(ValkeyError) -> [Value] {
        try await execute(.zrange(key, first, last), deadline: deadline).values(type)
    }

    /// ZRANGEBYSCORE: the members with scores in a range, lowest first, at most `limit` of them.
    /// - Throws: `ValkeyError`.
    public func zrangebyscore<Value: ValkeyValue>(
        _ key: some ValkeyArgument,
        from lowest: ValkeyScoreBound = .lowest,
        through highest: ValkeyScoreBound = .highest,
        limit: Int? = nil,
        as type: Value.Type = [UInt8].self,
        deadline: MonotonicTime? = nil
    ) async throws(ValkeyError) -> [Value] {
        try await execute(.zrangebyscore(key, from: lowest, through: highest, limit: limit), deadline: deadline)
            .values(type)
    }

    /// ZREMRANGEBYSCORE: removes the members with scores in a range, and gives how many there were.
    /// - Throws: `ValkeyError`.
    @discardableResult
    public func zremrangebyscore(
        _ key: some ValkeyArgument,
        from lowest: ValkeyScoreBound = .lowest,
        through highest: ValkeyScoreBound = .highest,
        deadline: MonotonicTime? = nil
    ) async throws(ValkeyError) -> Int {
        try await execute(.zremrangebyscore(key, from: lowest, through: highest), deadline: deadline).integer()
    }

    /// ZCARD: how many members there are.
    /// - Throws: `ValkeyError`.
    public func zcard(_ key: some ValkeyArgument, deadline: MonotonicTime? = nil) async throws(ValkeyError) -> Int {
        try await execute(.zcard(key), deadline: deadline).integer()
    }

    /// ZSCORE: the score of a member; nil if it is none.
    /// - Throws: `ValkeyError`.
    public func zscore(_ key: some ValkeyArgument, _ member: some ValkeyArgument, deadline: MonotonicTime? = nil)
        async throws(ValkeyError) -> Double?
    {
        try await execute(.zscore(key, member), deadline: deadline).optional(Double.self)
    }
}
