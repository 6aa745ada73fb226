/// The contract of the port `QuoteSource`, as checks that run against any driver and its end.
///
///     @Test(arguments: QuoteSourceCompatibility.checks) func holds(_ check: QuoteCheck) async throws {
///         let end = try MyEnd()
///         defer { end.stop() }
///         _ = try await check.run(end)
///     }
public enum QuoteSourceCompatibility {
    /// All of them.
    public static let checks: [QuoteCheck] = quotes + history + reference + failures + life
}
