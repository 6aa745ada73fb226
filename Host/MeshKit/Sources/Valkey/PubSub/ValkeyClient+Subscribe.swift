public import Reactor

extension ValkeyClient {
    /// Listens to channels while `body` runs, on a connection of its own.
    ///
    /// `body` begins when the server has confirmed every subscription. When the connection is lost, a new one is made
    /// and the reader hears `.resumed`, as messages may have been missed. A reader that is slow lets the server wait,
    /// which in the end drops the connection, and is heard of in the same way.
    ///
    /// ```swift
    /// try await client.subscribe(channels: ["revoked"]) { events in
    ///     for try await event in events { … }
    /// }
    /// ```
    /// - Parameters:
    ///   - channels: names of channels.
    ///   - patterns: globs, as `orders.*`.
    ///   - deadline: until when it must be confirmed; nil for `ValkeyConfiguration.timeout` from now.
    /// - Throws: `ValkeyError` before `body` begins, and what `body` throws.
    public func subscribe<Result>(
        channels: [String] = [],
        patterns: [String] = [],
        deadline: MonotonicTime? = nil,
        _ body: (ValkeyMessages) async throws -> Result
    ) async throws -> Result {
        precondition(!channels.isEmpty || !patterns.isEmpty, "a subscription has at least one channel or pattern")
        let loop = group.next()
        let search = ServerSearch(loop: loop, configuration: configuration, pool: group.blocking)
        let subscription = ValkeySubscription(
            // The server confirms a name that comes twice only once each time it is named; sets keep that simple.
            channels: Array(Set(channels)),
            patterns: Array(Set(patterns)),
            search,
            maximumMessages: configuration.maximumMessages
        )
        let deadline = deadline ?? .now().advanced(by: configuration.timeout)
        defer { loop.execute { subscription.close() } }
        if loop.isCurrent {
            try await subscription.open(deadline: deadline)
        } else {
            try await loop.runTyped { () async throws(ValkeyError) in try await subscription.open(deadline: deadline) }
        }
        return try await body(ValkeyMessages(subscription: subscription))
    }
}
