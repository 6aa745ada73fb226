/// The contract of the port `Mailer`, as checks that run against any driver and its end.
///
///     @Test(arguments: MailerCompatibility.checks) func holds(_ check: MailerCheck) async throws {
///         let end = try await MyEnd()
///         defer { end.stop() }
///         _ = try await check.run(end)
///     }
public enum MailerCompatibility {
    /// All of them.
    public static let checks: [MailerCheck] = content + outcomes + life
}
