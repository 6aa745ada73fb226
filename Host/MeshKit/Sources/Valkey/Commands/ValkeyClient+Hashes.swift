public import Reactor

extension ValkeyClient {
    /// HSET: sets fields, and gives how many are new.
    /// - Throws: `ValkeyError`.
    @discardableResult
    public func hset(
        _ key: some ValkeyArgument,
        _ fields: some Sequence<(some ValkeyArgument, some ValkeyArgument)>,
        deadline: MonotonicTime? = nil
    ) async throws(ValkeyError) -> Int {
        try await execute(.hset(key, fields), deadline: deadline).integer()
    }

    /// HGET: the value of a field; nil if there is none.
    /// - Throws: `ValkeyError`.
    public func hget<Value: ValkeyValue>(
        _ key: some ValkeyArgument,
        _ field: some ValkeyArgument,
        as type: Value.Type = [UInt8].self,
        deadline: MonotonicTime? = nil
    ) async throws(ValkeyError) -> Value? {
        try await execute(.hget(key, field), deadline: deadline).optional(type)
    }

    /// HGETALL: all fields with their values; empty if there is no such key.
    /// - Throws: `ValkeyError`.
    public func hgetall<Value: ValkeyValue>(
        _ key: some ValkeyArgument,
        as type: Value.Type = [UInt8].self,
        deadline: MonotonicTime? = nil
    ) async throws(ValkeyError) -> [String: Value] {
        let pairs = try await execute(.hgetall(key), deadline: deadline).pairs(String.self, type)
        return Dictionary(pairs) { _, last in last }
    }

    /// HMGET: the values of fields, in their order; nil for those without one.
    /// - Throws: `ValkeyError`.
    public func hmget<Value: ValkeyValue>(
        _ key: some ValkeyArgument,
        _ fields: some Sequence<some ValkeyArgument>,
        as type: Value.Type = [UInt8].self,
        deadline: MonotonicTime? = nil
    ) async throws(ValkeyError) -> [Value?] {
        try await execute(.hmget(key, fields), deadline: deadline).optionals(type)
    }

    /// HDEL: deletes fields, and gives how many there were.
    /// - Throws: `ValkeyError`.
    @discardableResult
    public func hdel(
        _ key: some ValkeyArgument,
        _ fields: some Sequence<some ValkeyArgument>,
        deadline: MonotonicTime? = nil
    ) async throws(ValkeyError) -> Int {
        try await execute(.hdel(key, fields), deadline: deadline).integer()
    }

    /// HINCRBY: adds to the number in a field, which is 0 if there is none, and gives the sum.
    /// - Throws: `ValkeyError`.
    @discardableResult
    public func hincrby(
        _ key: some ValkeyArgument,
        _ field: some ValkeyArgument,
        _ increment: Int,
        deadline: MonotonicTime? = nil
    ) async throws(ValkeyError) -> Int {
        try await execute(.hincrby(key, field, increment), deadline: deadline).integer()
    }
}
