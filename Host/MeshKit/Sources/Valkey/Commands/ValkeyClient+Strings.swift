public import Reactor

extension ValkeyClient {
    /// GET: the value of a key; nil if there is none.
    /// - Throws: `ValkeyError`.
    public func get<Value: ValkeyValue>(
        _ key: some ValkeyArgument,
        as type: Value.Type = [UInt8].self,
        deadline: MonotonicTime? = nil
    ) async throws(ValkeyError) -> Value? {
        try await execute(.get(key), deadline: deadline).optional(type)
    }

    /// MGET: the values of keys, in their order; nil for those without one.
    /// - Throws: `ValkeyError`.
    public func mget<Value: ValkeyValue>(
        _ keys: some Sequence<some ValkeyArgument>,
        as type: Value.Type = [UInt8].self,
        deadline: MonotonicTime? = nil
    ) async throws(ValkeyError) -> [Value?] {
        try await execute(.mget(keys), deadline: deadline).optionals(type)
    }

    /// SET: stores a value. True if it was stored, false if `condition` forbade it. Without `expiry` it stays.
    /// - Throws: `ValkeyError`.
    @discardableResult
    public func set(
        _ key: some ValkeyArgument,
        _ value: some ValkeyArgument,
        expiry: ValkeyExpiry? = nil,
        condition: ValkeySetCondition? = nil,
        deadline: MonotonicTime? = nil
    ) async throws(ValkeyError) -> Bool {
        switch try await execute(.set(key, value, expiry: expiry, condition: condition), deadline: deadline) {
        case .null: false
        case let reply: try reply.isDone()
        }
    }

    /// SET with GET: stores a value and gives the one it replaces, or the one that kept it from being stored; nil if
    /// there was none.
    /// - Throws: `ValkeyError`.
    public func setAndGet<Value: ValkeyValue>(
        _ key: some ValkeyArgument,
        _ value: some ValkeyArgument,
        expiry: ValkeyExpiry? = nil,
        condition: ValkeySetCondition? = nil,
        as type: Value.Type = [UInt8].self,
        deadline: MonotonicTime? = nil
    ) async throws(ValkeyError) -> Value? {
        try await execute(.setAndGet(key, value, expiry: expiry, condition: condition), deadline: deadline)
            .optional(type)
    }

    /// GETDEL: the value of a key, which is deleted; nil if there was none.
    /// - Throws: `ValkeyError`.
    public func getdel<Value: ValkeyValue>(
        _ key: some ValkeyArgument,
        as type: Value.Type = [UInt8].self,
        deadline: MonotonicTime? = nil
    ) async throws(ValkeyError) -> Value? {
        try await execute(.getdel(key), deadline: deadline).optional(type)
    }

    /// GETEX: the value of a key, whose expiry is changed; nil for `expiry` makes it stay (PERSIST). Not with `.keep`:
    /// that is `get`.
    /// - Throws: `ValkeyError`.
    public func getex<Value: ValkeyValue>(
        _ key: some ValkeyArgument,
        expiry: ValkeyExpiry?,
        as type: Value.Type = [UInt8].self,
        deadline: MonotonicTime? = nil
    ) async throws(ValkeyError) -> Value? {
        try await execute(.getex(key, expiry: expiry), deadline: deadline).optional(type)
    }

    /// INCR: adds one to a number, which is 0 if there is none, and gives the sum.
    /// - Throws: `ValkeyError`.
    @discardableResult
    public func incr(_ key: some ValkeyArgument, deadline: MonotonicTime? = nil) async throws(ValkeyError) -> Int {
        try await execute(.incr(key), deadline: deadline).integer()
    }

    /// INCRBY: adds to a number, which is 0 if there is none, and gives the sum.
    /// - Throws: `ValkeyError`.
    @discardableResult
    public func incrby(_ key: some ValkeyArgument, _ increment: Int, deadline: MonotonicTime? = nil)
        async throws(ValkeyError) -> Int
    {
        try await execute(.incrby(key, increment), deadline: deadline).integer()
    }

    /// DECR: subtracts one from a number, which is 0 if there is none, and gives the difference.
    /// - Throws: `ValkeyError`.
    @discardableResult
    public func decr(_ key: some ValkeyArgument, deadline: MonotonicTime? = nil) async throws(ValkeyError) -> Int {
        try await execute(.decr(key), deadline: deadline).integer()
    }
}
