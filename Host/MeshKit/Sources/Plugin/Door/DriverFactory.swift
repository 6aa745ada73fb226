/// What the door of a driver gives the host: its driver type. The slot makes the instances.
public final class DriverFactory: Sendable {
    /// The type behind the door.
    public let driver: any Driver.Type

    init(_ driver: any Driver.Type) {
        self.driver = driver
    }
}
