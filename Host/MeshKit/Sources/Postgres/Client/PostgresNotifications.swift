/// The messages of a channel, in order. One reader; any task.
public struct PostgresNotifications: AsyncSequence, Sendable {
    let listener: PostgresListener

    /// The next event. It never ends by itself: a lost connection is made again.
    /// - Throws: `PostgresError` with code `cancelled` or `closed`.
    public func next() async throws -> PostgresNotificationEvent {
        try await listener.loop.hop { try await listener.next() }
    }

    /// An iterator; they all take from the same messages.
    public func makeAsyncIterator() -> Iterator { Iterator(notifications: self) }

    /// Gives the events.
    public struct Iterator: AsyncIteratorProtocol {
        let notifications: PostgresNotifications

        /// The next event.
        public mutating func next() async throws -> PostgresNotificationEvent? { try await notifications.next() }
    }
}
