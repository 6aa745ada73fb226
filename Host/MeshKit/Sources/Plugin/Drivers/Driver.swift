public import Config

/// A second-level plugin: one way to send mail, to get quotes, to trade. A port (`QuoteSource`, …) refines this.
///
/// Drivers are swapped while the service runs: `init` → `probe` → calls → no more calls → `close`.
public protocol Driver: Sendable {
    /// The name that `<slot>.driver` uses, such as `replay`; equal to the one in the stamp.
    static var name: StaticString { get }
    /// Every configuration key this driver asks for, full dotted names.
    static var settings: [Setting] { get }

    /// Builds the driver: reads its settings, talks to nobody. Not on a loop, so that opening a library holds up no call.
    /// - Throws: whatever makes it useless, such as a missing key of its own.
    init(context: DriverContext) throws

    /// Proves against the real thing that calls will work: address, credentials, format. Throws if not.
    ///
    /// Must end when its task is cancelled: the host gives it ten seconds, and then does without the driver.
    func probe() async throws

    /// Lets go of connections and files. Called once, after the last call has ended, or when the drain took too long;
    /// calls that are still under way then should fail. The host waits five seconds for it.
    func close() async
}

extension Driver {
    /// No keys.
    public static var settings: [Setting] { [] }

    /// Nothing to let go of.
    public func close() async {}
}
