/// A slot without its port: what the host needs to fill it.
public protocol AnyDriverSlot: Sendable {
    /// The slot's name, such as `market.quotes`.
    var name: String { get }
    /// What it holds now.
    var status: DriverStatus { get }
    /// Puts a new driver in the place of the old one. Returns when the old one is closed.
    /// - Throws: ``DriverError``; then the old one still serves.
    func swap(to driver: any Driver.Type, context: DriverContext) async throws(DriverError) -> DriverSwapReport
    /// Drains and closes the driver, at the end of the process.
    func close() async
}
