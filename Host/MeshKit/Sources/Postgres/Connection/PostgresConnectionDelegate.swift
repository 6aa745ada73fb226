/// Hears of one connection. All on its loop.
protocol PostgresConnectionDelegate: AnyObject {
    /// A request of so many statements that was sent on it is over.
    func finished(_ connection: PostgresConnection, _ count: Int)
    /// What the turn gathered for it has been sent.
    func sent(_ connection: PostgresConnection)
    /// A request of the connection's own is over.
    func settled(_ connection: PostgresConnection)
    /// A request must be sent again, here or elsewhere; it did not happen.
    func retry(_ request: PostgresRequest)
    /// The connection is gone; last of all.
    func lost(_ connection: PostgresConnection, _ error: PostgresError)
    /// A message of LISTEN.
    func notified(_ connection: PostgresConnection, _ notification: PostgresNotification)
}

extension PostgresConnectionDelegate {
    func sent(_: PostgresConnection) {}
    func notified(_: PostgresConnection, _: PostgresNotification) {}
}
