public import Reactor

/// What holds for one call.
public struct PostgresCall: Sendable {
    /// When the caller wants to have returned; nil for the configuration's time-out from now.
    public var deadline: MonotonicTime?

    /// A call that ends by `deadline`.
    public init(deadline: MonotonicTime? = nil) { self.deadline = deadline }

    /// A call that ends within the time that the configuration sets.
    public static let standard = PostgresCall()

    /// A call that ends within `duration` from now.
    public static func within(_ duration: Duration) -> PostgresCall {
        PostgresCall(deadline: MonotonicTime.now().advanced(by: duration))
    }
}
