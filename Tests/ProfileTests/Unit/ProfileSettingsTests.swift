import Config
import Testing

@testable import ProfileService

struct ProfileSettingsTests {
    private func settings(_ environment: [String: String] = [:]) throws -> ProfileSettings {
        try ProfileSettings(Settings(declared: ProfileSettings.declared, environment: environment).snapshot)
    }

    /// A flood of logins leaves a core to other calls, unless it is told not to.
    @Test(arguments: [(1, 1), (2, 1), (3, 2), (16, 15)])
    func hashingLeavesACoreFree(_ cores: Int, _ threads: Int) throws {
        #expect(try settings().hashingThreads(cores: cores) == threads)
        #expect(try settings(["LONJA_PROFILE_ARGON2_THREADS": "7"]).hashingThreads(cores: cores) == 7)
    }

    @Test func tooManyThreadsAreRefused() {
        #expect(throws: ConfigurationError.self) { try settings(["LONJA_PROFILE_ARGON2_THREADS": "257"]) }
    }
}
