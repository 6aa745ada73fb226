/// A swap whose new driver serves already; what is left is to end the old one.
public struct DriverReplacement: Sendable {
    /// The driver before; nil if there was none.
    public let replaced: DriverIdentity?
    /// The driver that serves now.
    public let driver: DriverIdentity
    private let retire: @Sendable () async -> Int

    init(replaced: DriverIdentity?, driver: DriverIdentity, retire: @escaping @Sendable () async -> Int) {
        self.replaced = replaced
        self.driver = driver
        self.retire = retire
    }

    /// Waits for the calls under way in the old driver, as long as the slot's limit allows, and closes it. Call it once.
    public func finish() async -> DriverSwapReport {
        DriverSwapReport(
            replaced: replaced?.name,
            driver: driver.name,
            identity: driver,
            abandonedCalls: await retire()
        )
    }
}
