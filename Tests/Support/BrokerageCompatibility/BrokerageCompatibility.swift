/// The contract of the port `Brokerage`, as checks that run against any driver and its end.
///
///     @Test(arguments: BrokerageCompatibility.checks) func holds(_ check: BrokerageCheck) async throws {
///         _ = try await check.run(try await MyEnd())
///     }
public enum BrokerageCompatibility {
    /// All of them.
    public static let checks: [BrokerageCheck] = orders + repeats + waiting + faults
}
