import Contracts
import Observe
import RPC
import Reactor
import Synchronization
import Testing

@testable import AuthService

extension Integration {
    @Suite struct LoginLimitTests {
        /// Attack 20.
        @Test func `five failures are free, then one waits longer and longer; the right one ends it`() async throws {
            try await Fixture.run { fixture in
                fixture.profile.add("ana@example.com")
                func attempt(_ password: String) async -> RPCError? {
                    await fixture.refusal { _ = try await fixture.login("ana@example.com", password) }
                }
                for _ in 0..<5 {
                    let refused = await attempt("wrong horse battery")
                    #expect(refused?.reason == "wrong-credentials")
                }
                for wait in [1, 2, 4, 8] {
                    // Not even the right one is tried.
                    let refused = await attempt(Fixture.password)
                    #expect(refused?.code == .resourceExhausted && refused?.reason == "too-many-attempts")
                    #expect(refused?.retryAfter == .seconds(wait))
                    fixture.advance(.seconds(wait))
                    let again = await attempt("wrong horse battery")
                    #expect(again?.reason == "wrong-credentials")
                }
                fixture.advance(.seconds(16))
                let right = await attempt(Fixture.password)
                #expect(right == nil)
                let after = await attempt("wrong horse battery")
                #expect(after?.reason == "wrong-credentials")
            }
        }

        /// Attack 4.
        @Test func `of a thousand guesses at once five are tried, for unknown addresses too`() async throws {
            try await Fixture.run(loops: 2) { fixture in
                fixture.profile.add("ana@example.com")
                for email in ["ana@example.com", "nobody@example.com"] {
                    fixture.profile.state.withLock { $0.hashes = 0 }
                    let reasons = await withTaskGroup(of: String.self) { group in
                        for number in 0..<1000 {
                            group.addTask(executorPreference: fixture.group.loops[number % 2]) {
                                let refused = await fixture.refusal {
                                    // A network each.
                                    let address = "10.\(email.utf8.count).\(number / 250).\(number % 250)"
                                    _ = try await fixture.login(email, "wrong horse battery", address: address)
                                }
                                return refused?.reason ?? "none"
                            }
                        }
                        return await group.reduce(into: [String: Int]()) { $0[$1, default: 0] += 1 }
                    }
                    #expect(reasons == ["wrong-credentials": 5, "too-many-attempts": 995])
                    #expect(fixture.profile.state.withLock { $0.hashes } == 5)
                }
            }
        }

        /// Attack 5.
        @Test func `who has logged in from here before is not locked out by others`() async throws {
            try await Fixture.run { fixture in
                fixture.profile.add("ana@example.com")
                fixture.profile.add("eva@example.com")
                let before = try await fixture.login()
                let evas = try await fixture.login("eva@example.com")
                for number in 0..<30 {
                    _ = await fixture.refusal {
                        _ = try await fixture.login(
                            "ana@example.com",
                            "wrong horse battery",
                            address: "192.0.2.\(number)"
                        )
                    }
                }
                let stranger = await fixture.refusal { _ = try await fixture.login() }
                #expect(stranger?.reason == "too-many-attempts")
                // The attacker's own device is none of this account's.
                let other = await fixture.refusal { _ = try await fixture.login(device: evas.deviceToken) }
                #expect(other?.reason == "too-many-attempts")
                let login = try await fixture.login(device: before.deviceToken)
                #expect(login.deviceToken == before.deviceToken)
                // A stolen device guesses no more than anybody.
                var reasons: [String?] = []
                for _ in 0..<6 {
                    reasons.append(
                        await fixture.refusal {
                            _ = try await fixture.login(
                                "ana@example.com",
                                "wrong horse battery",
                                device: before.deviceToken
                            )
                        }?.reason
                    )
                }
                #expect(reasons.last == "too-many-attempts" && reasons[4] == "wrong-credentials")
                // For ninety days.
                fixture.advance(.seconds(90 * 86_400 + 1))
                for number in 0..<6 {
                    _ = await fixture.refusal {
                        _ = try await fixture.login(
                            "ana@example.com",
                            "wrong horse battery",
                            address: "192.0.3.\(number)"
                        )
                    }
                }
                let late = await fixture.refusal { _ = try await fixture.login(device: before.deviceToken) }
                #expect(late?.reason == "too-many-attempts")
            }
        }

        @Test func `sixty failures in five minutes are all that a network has`() async throws {
            try await Fixture.run { fixture in
                fixture.profile.add("ana@example.com")
                var reasons: [String?] = []
                for number in 0..<61 {
                    reasons.append(
                        await fixture.refusal {
                            _ = try await fixture.login(
                                "user\(number)@example.com",
                                "wrong horse battery",
                                address: "2001:db8::\(number)"
                            )
                        }?.reason
                    )
                }
                #expect(reasons[59] == "wrong-credentials" && reasons[60] == "too-many-attempts")
                let mine = await fixture.refusal { _ = try await fixture.login(address: "2001:db8::ffff") }
                #expect(mine?.reason == "too-many-attempts")
                let elsewhere = try await fixture.login(address: "2001:db8:0:1::1")
                #expect(!elsewhere.token.isEmpty)
                fixture.advance(.seconds(301))
                // Right passwords do not count.
                for _ in 0..<70 { _ = try await fixture.login(address: "2001:db8::1") }
            }
        }

        @Test func `what profile could not check is no failure`() async throws {
            try await Fixture.run { fixture in
                fixture.profile.add("ana@example.com")
                fixture.profile.state.withLock { $0.failures["VerifyPassword"] = RPCError(.unavailable, "busy") }
                for _ in 0..<80 {
                    let refused = await fixture.refusal { _ = try await fixture.login() }
                    #expect(refused?.code == .unavailable)
                }
                fixture.profile.state.withLock { $0.failures = [:] }
                _ = try await fixture.login()
            }
        }

        @Test func `who hangs up has tried all the same`() async throws {
            try await Fixture.run { fixture in
                fixture.profile.add("ana@example.com")
                fixture.profile.state.withLock { $0.failures["VerifyPassword"] = RPCError(.cancelled, "gone") }
                for _ in 0..<5 { _ = await fixture.refusal { _ = try await fixture.login() } }
                fixture.profile.state.withLock { $0.failures = [:] }
                let refused = await fixture.refusal { _ = try await fixture.login() }
                #expect(refused?.reason == "too-many-attempts")
                fixture.notification.state.withLock { $0.failure = RPCError(.cancelled, "gone") }
                _ = await fixture.refusal { try await fixture.requestReset("ana@example.com") }
                fixture.notification.state.withLock { $0.failure = nil }
                try await fixture.requestReset("ana@example.com")
                #expect(fixture.notification.take().isEmpty)
            }
        }
    }
}
