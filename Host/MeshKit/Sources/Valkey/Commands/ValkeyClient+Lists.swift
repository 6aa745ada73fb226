public import Reactor

extension ValkeyClient {
    /// LPUSH: puts values in front, one after the other, and gives the length.
    /// - Throws: `ValkeyError`.
    @discardableResult
    public func lpush(
        _ key: some ValkeyArgument,
        _ values: some Sequence<some ValkeyArgument>,
        deadline: MonotonicTime? = nil
    ) async throws(ValkeyError) -> Int {
        try await execute(.lpush(key, values), deadline: deadline).integer()
    }

    /// RPOP: takes the last value; nil if there is none.
    /// - Throws: `ValkeyError`.
    public func rpop<Value: ValkeyValue>(
        _ key: some ValkeyArgument,
        as type: Value.Type = [UInt8].self,
        deadline: MonotonicTime? = nil
    ) async throws(ValkeyError) -> Value? {
        try await execute(.rpop(key), deadline: deadline).optional(type)
    }

    /// LRANGE: the values from position `first` through `last`; 0 is the first, -1 the last.
    /// - Throws: `ValkeyError`.
    public func lrange<Value: ValkeyValue>(
        _ key: some ValkeyArgument,
        _ first: Int,
        _ last: Int,
        as type: Value.Type = [UInt8].self,
        deadline: MonotonicTime? = nil
    ) async throws(ValkeyError) -> [Value] {
        try await execute(.lrange(key, first, last), deadline: deadline).values(type)
    }

    /// LTRIM: keeps the values from position `first` through `last`, and drops the others.
    /// - Throws: `ValkeyError`.
    public func ltrim(_ key: some ValkeyArgument, _ first: Int, _ last: Int, deadline: MonotonicTime? = nil)
        async throws(ValkeyError)
    {
        try await execute(.ltrim(key, first, last), deadline: deadline).done()
    }
}
