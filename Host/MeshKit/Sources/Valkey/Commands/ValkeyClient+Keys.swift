public import Observe
public import Reactor

extension ValkeyClient {
    /// DEL: deletes keys, and gives how many there were.
    /// - Throws: `ValkeyError`.
    @discardableResult
    public func del(_ keys: some Sequence<some ValkeyArgument>, deadline: MonotonicTime? = nil)
        async throws(ValkeyError) -> Int
    {
        try await execute(.del(keys), deadline: deadline).integer()
    }

    /// UNLINK: deletes keys, their memory later, and gives how many there were.
    /// - Throws: `ValkeyError`.
    @discardableResult
    public func unlink(_ keys: some Sequence<some ValkeyArgument>, deadline: MonotonicTime? = nil)
        async throws(ValkeyError) -> Int
    {
        try await execute(.unlink(keys), deadline: deadline).integer()
    }

    /// EXISTS: how many of the keys there are; one named twice counts twice.
    /// - Throws: `ValkeyError`.
    public func exists(_ keys: some Sequence<some ValkeyArgument>, deadline: MonotonicTime? = nil)
        async throws(ValkeyError) -> Int
    {
        try await execute(.exists(keys), deadline: deadline).integer()
    }

    /// PEXPIRE: lets a key go after this time. False if there is no such key.
    /// - Throws: `ValkeyError`.
    @discardableResult
    public func expire(_ key: some ValkeyArgument, after duration: Duration, deadline: MonotonicTime? = nil)
        async throws(ValkeyError) -> Bool
    {
        try await execute(.expire(key, after: duration), deadline: deadline).flag()
    }

    /// PEXPIREAT: lets a key go at this moment of the server's clock. False if there is no such key.
    /// - Throws: `ValkeyError`.
    @discardableResult
    public func expire(_ key: some ValkeyArgument, at time: WallTime, deadline: MonotonicTime? = nil)
        async throws(ValkeyError) -> Bool
    {
        try await execute(.expire(key, at: time), deadline: deadline).flag()
    }

    /// PERSIST: lets a key stay. False if there is no such key, or it stays anyway.
    /// - Throws: `ValkeyError`.
    @discardableResult
    public func persist(_ key: some ValkeyArgument, deadline: MonotonicTime? = nil) async throws(ValkeyError) -> Bool {
        try await execute(.persist(key), deadline: deadline).flag()
    }

    /// PTTL: how long a key stays, to the millisecond.
    /// - Throws: `ValkeyError`.
    public func ttl(_ key: some ValkeyArgument, deadline: MonotonicTime? = nil) async throws(ValkeyError)
        -> ValkeyTimeToLive
    {
        ValkeyTimeToLive(try await execute(.ttl(key), deadline: deadline).integer())
    }
}
