internal import Reactor

/// What a subscription hears, in order, for one reader. Valid within the scope of `ValkeyClient.subscribe`.
public struct ValkeyMessages: AsyncSequence, Sendable {
    /// A message, or the news that some may have been missed.
    public typealias Element = ValkeySubscriptionEvent
    /// What an iteration throws.
    public typealias Failure = ValkeyError

    let subscription: ValkeySubscription

    /// Goes on where the reader is.
    public func makeAsyncIterator() -> Iterator {
        Iterator(subscription: subscription)
    }

    /// The reader.
    public struct Iterator: AsyncIteratorProtocol {
        let subscription: ValkeySubscription

        /// The next event, when it comes; nil once the scope has ended.
        /// - Throws: `ValkeyError` with code `cancelled`, or why the server refuses the subscription.
        public mutating func next() async throws(ValkeyError) -> ValkeySubscriptionEvent? {
            let subscription = subscription
            guard !subscription.loop.isCurrent else { return try await subscription.next() }
            return try await subscription.loop.runTyped { () async throws(ValkeyError) in
                try await subscription.next()
            }
        }
    }
}
