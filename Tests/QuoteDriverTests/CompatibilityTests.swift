import QuoteSourceCompatibility
import Testing

/// The contract of the port, against each driver and a real end of it.
@Suite(.serialized, .timeLimit(.minutes(5))) struct CompatibilityTests {
    @Test(arguments: QuoteSourceCompatibility.checks) func iex(_ check: QuoteCheck) async throws {
        try await hold(check, try await IEXEnd())
    }

    @Test(arguments: QuoteSourceCompatibility.checks) func alpacaData(_ check: QuoteCheck) async throws {
        try await hold(check, try await AlpacaDataEnd())
    }

    @Test(arguments: QuoteSourceCompatibility.checks) func replay(_ check: QuoteCheck) async throws {
        try await hold(check, try ReplayEnd())
    }

    private func hold(_ check: QuoteCheck, _ end: any QuoteEnd) async throws {
        let result: Result<Bool, any Error>
        do { result = .success(try await check.run(end)) } catch { result = .failure(error) }
        end.stop()
        // What an end cannot show is no failure; which checks it needs nothing for always ran.
        let ran = try result.get()
        #expect(ran || !check.needs.isEmpty)
    }
}
