import Observe
import RPC
import Testing

@testable import AuthService

/// Point 15 of the reference, §6: keys that change, keys that nobody knows, and an issuer that is away.
@Suite struct IssuerKeyTests {
    private static func run(
        mayLeaveKeyUnnamed: Bool = false,
        _ body: @escaping @Sendable (Issuer, TestClock) async throws -> Void
    ) async throws {
        let clock = TestClock(.now())
        try await Issuer.run(mayLeaveKeyUnnamed: mayLeaveKeyUnnamed, clock: { clock.now }) { issuer in
            try await body(issuer, clock)
        }
    }

    private func outcome(_ issuer: Issuer) async -> String { await reason { _ = try await issuer.login() } }

    /// Time passes for the issuer too.
    private func pass(_ duration: Duration, _ issuer: Issuer, _ clock: TestClock) async throws {
        clock.advance(duration)
        let offset = WallTime.now().duration(to: clock.now).components.seconds
        try await issuer.control(#"{"offset": \#(offset)}"#)
    }

    @Test func keptForAsLongAsTheIssuerSays() async throws {
        try await Self.run { issuer, clock in
            try await issuer.control(#"{"cache_control": "public, max-age=3600"}"#)
            for _ in 0..<5 { _ = try await issuer.login() }
            var keys = try await issuer.count("keys")
            #expect(keys == 1)
            try await pass(.seconds(3500), issuer, clock)
            _ = try await issuer.login()
            keys = try await issuer.count("keys")
            #expect(keys == 1)
            try await pass(.seconds(101), issuer, clock)
            _ = try await issuer.login()
            keys = try await issuer.count("keys")
            #expect(keys == 2)
        }
    }

    /// Without a word about it, five minutes.
    @Test func keptForFiveMinutesAtLeast() async throws {
        try await Self.run { issuer, clock in
            try await issuer.control(#"{"cache_control": "no-store"}"#)
            _ = try await issuer.login()
            try await pass(.seconds(299), issuer, clock)
            _ = try await issuer.login()
            var keys = try await issuer.count("keys")
            #expect(keys == 1)
            try await pass(.seconds(2), issuer, clock)
            _ = try await issuer.login()
            keys = try await issuer.count("keys")
            #expect(keys == 2)
        }
    }

    /// The issuer signs with a key that it published after we looked.
    @Test func rotation() async throws {
        try await Self.run { issuer, clock in
            try await issuer.control(#"{"cache_control": "max-age=86400"}"#)
            _ = try await issuer.login()
            try await pass(.seconds(60), issuer, clock)
            try await issuer.control(#"{"published": ["k1", "k2"], "key": "k2"}"#)
            _ = try await issuer.login()
            let keys = try await issuer.count("keys")
            #expect(keys == 2)
            // The old one still holds, until it is gone.
            try await issuer.control(#"{"key": "k1"}"#)
            _ = try await issuer.login()
            try await pass(.seconds(60), issuer, clock)
            try await issuer.control(#"{"published": ["k2", "k3"], "key": "k3"}"#)
            _ = try await issuer.login()
            try await issuer.control(#"{"key": "k1"}"#)
            let gone = await outcome(issuer)
            #expect(gone == "login-token-refused")
        }
    }

    /// Tokens of unknown keys make us look once in half a minute, however many there are and at the same time.
    @Test func flood() async throws {
        try await Self.run { issuer, clock in
            try await issuer.control(#"{"cache_control": "max-age=86400"}"#)
            _ = try await issuer.login()
            try await pass(.seconds(31), issuer, clock)
            try await issuer.control(#"{"header": {"kid": "unknown"}}"#)
            try await withThrowingTaskGroup(of: String.self) { tasks in
                for _ in 0..<50 { tasks.addTask { await outcome(issuer) } }
                for try await found in tasks { #expect(found == "login-token-refused") }
            }
            var keys = try await issuer.count("keys")
            #expect(keys == 2)
            try await pass(.seconds(31), issuer, clock)
            for _ in 0..<5 { _ = await outcome(issuer) }
            keys = try await issuer.count("keys")
            #expect(keys == 3)
            try await issuer.control(#"{"header": {}}"#)
            _ = try await issuer.login()
        }
    }

    /// The keys cannot be had for a day and longer: those that are known go on, and the issuer is asked once in half a
    /// minute.
    @Test(arguments: [
        #"{"keys_status": 503}"#, #"{"keys_status": 302}"#, #"{"keys_text": "nope"}"#, #"{"keys_text": "[]"}"#,
    ])
    func outage(control: String) async throws {
        try await Self.run { issuer, clock in
            _ = try await issuer.login()
            try await issuer.control(control)
            for _ in 0..<5 {
                try await pass(.seconds(6 * 3600), issuer, clock)
                let before = try await issuer.count("keys")
                for _ in 0..<3 { _ = try await issuer.login() }
                let after = try await issuer.count("keys")
                #expect(after == before + 1)
            }
            // What is not known cannot be told from what is away.
            try await pass(.seconds(31), issuer, clock)
            try await issuer.control(#"{"published": ["k2"], "key": "k2"}"#)
            let found = await outcome(issuer)
            #expect(found == "login-provider-unavailable")
            try await issuer.control(#"{"keys_status": 200, "keys_text": null}"#)
            try await pass(.seconds(31), issuer, clock)
            _ = try await issuer.login()
        }
    }

    /// The metadata is kept in the same way.
    @Test func metadataOutage() async throws {
        try await Self.run { issuer, clock in
            _ = try await issuer.login()
            for control in [
                #"{"metadata_status": 500}"#,
                #"{"metadata_status": 200, "metadata": {"issuer": "https://evil.example"}}"#,
                #"{"metadata": {"token_endpoint": "http://192.168.0.1/token"}}"#,
            ] {
                try await issuer.control(control)
                try await pass(.seconds(86_400), issuer, clock)
                _ = try await issuer.login()
            }
        }
    }

    /// From the start: nothing to live on. When it is back, so are we, a second later.
    @Test func awayAtFirst() async throws {
        try await Self.run { issuer, clock in
            try await issuer.control(#"{"metadata_status": 503}"#)
            for _ in 0..<3 {
                let found = await outcome(issuer)
                #expect(found == "login-provider-unavailable")
            }
            let metadata = try await issuer.count("metadata")
            #expect(metadata == 1)
            try await issuer.control(#"{"metadata_status": 200}"#)
            clock.advance(.seconds(1))
            _ = try await issuer.login()
        }
    }

    /// A stand-in for development with one key need not name it; when it has another, that is found.
    @Test func keysWithoutNames() async throws {
        try await Self.run(mayLeaveKeyUnnamed: true) { issuer, clock in
            try await issuer.control(#"{"only": true, "header": {"kid": null}}"#)
            _ = try await issuer.login()
            try await pass(.seconds(31), issuer, clock)
            try await issuer.control(#"{"published": ["k2"], "key": "k2"}"#)
            _ = try await issuer.login()
            try await issuer.control(#"{"key": "k1"}"#)
            let found = await outcome(issuer)
            #expect(found == "login-token-refused")
        }
    }

    /// A set with two keys of one name is none.
    @Test func aNameTwice() async throws {
        try await Self.run { issuer, clock in
            try await issuer.control(#"{"published": ["k1", "k1"]}"#)
            let found = await outcome(issuer)
            #expect(found == "login-provider-unavailable")
            try await issuer.control(#"{"published": ["k1"]}"#)
            clock.advance(.seconds(2))
            _ = try await issuer.login()
        }
    }

    /// An issuer that takes the connection and says nothing: whoever asks gets an answer by its own deadline.
    @Test func silence() async throws {
        try await Self.run { issuer, _ in
            issuer.freeze(true)
            defer { issuer.freeze(false) }
            let found = await reason {
                _ = try await issuer.client.begin(next: "/", context: .root(timeout: .milliseconds(300)))
            }
            #expect(found == "login-provider-unavailable")
            // The next one is not told that the issuer is away because the first had no time.
            issuer.freeze(false)
            _ = try await issuer.login()
        }
    }
}
