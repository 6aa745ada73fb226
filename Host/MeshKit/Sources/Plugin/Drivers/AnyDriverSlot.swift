/// A slot without its port: what the host needs to fill it.
public protocol AnyDriverSlot: Sendable {
    /// The slot's name, such as `market.quotes`.
    var name: String { get }
    /// What it holds now.
    var status: DriverStatus { get }
    /// Makes and probes a driver, and lets it serve from now on. The old one is left to be ended by the result.
    /// - Throws: ``DriverError``; then the old one still serves.
    func replace(with driver: any Driver.Type, context: DriverContext) async throws(DriverError) -> DriverReplacement
    /// Notes that a driver was wanted and could not even be made: its library was refused.
    func note(failure reason: String, driver: String)
    /// Drains and closes the driver, at the end of the process.
    func close() async
}

extension AnyDriverSlot {
    /// Puts a new driver in the place of the old one. Returns when the old one is closed.
    /// - Throws: ``DriverError``; then the old one still serves.
    public func swap(
        to driver: any Driver.Type,
        context: DriverContext
    ) async throws(DriverError) -> DriverSwapReport {
        await (try replace(with: driver, context: context)).finish()
    }
}
