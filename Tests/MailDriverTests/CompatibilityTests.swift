import Glibc
import MailerCompatibility
import Testing

/// The contract of the port, against each driver and a real end of it.
@Suite(.serialized, .timeLimit(.minutes(5))) struct CompatibilityTests {
    @Test(arguments: MailerCompatibility.checks) func sendGrid(_ check: MailerCheck) async throws {
        try await hold(check, try SendGridEnd())
    }

    @Test(arguments: MailerCompatibility.checks) func smtp(_ check: MailerCheck) async throws {
        try await hold(check, try SMTPEnd())
    }

    @Test(arguments: MailerCompatibility.checks) func smtpImplicitTLS(_ check: MailerCheck) async throws {
        try await hold(check, try SMTPEnd("tls"))
    }

    @Test(arguments: MailerCompatibility.checks) func outbox(_ check: MailerCheck) async throws {
        try await hold(check, try OutboxEnd())
    }

    // Postfix's master gives up root for each of its processes, and so starts as root alone.
    @Test(.enabled(if: getuid() == 0, "Postfix's master starts as root alone"), arguments: MailerCompatibility.checks)
    func postfix(_ check: MailerCheck) async throws {
        try await hold(check, try PostfixEnd())
    }

    private func hold(_ check: MailerCheck, _ end: any MailEnd) async throws {
        let result: Result<Bool, any Error>
        do { result = .success(try await check.run(end)) } catch { result = .failure(error) }
        end.stop()
        // What an end cannot show is no failure; which checks it needs nothing for always ran.
        let ran = try result.get()
        #expect(ran || !check.needs.isEmpty)
    }
}
