import Contracts
import Digest
import Observe
import RPC
import Reactor
import Synchronization
import Testing
import Valkey

@testable import AuthService

extension Integration {
    @Suite struct CodeTests {
        static func wrong(_ right: String) -> ShortCode {
            while true {
                let code = ShortCode.random()
                if code.shown != right { return code }
            }
        }

        static func address(_ text: String) throws -> EmailAddress { try #require(EmailAddress(text)) }

        /// Attack 20.
        @Test func `five wrong tries kill a code, and not its link`() async throws {
            try await Fixture.run { fixture in
                try await fixture.register("ana@example.com")
                let proof = try #require(fixture.notification.take().last).mail.proof
                for number in 0..<5 {
                    let refused = await fixture.refusal {
                        // A new address each time.
                        try await fixture.confirmEmail(
                            code: Self.wrong(proof.code).shown,
                            email: "ana@example.com",
                            address: "192.0.2.\(number)"
                        )
                    }
                    #expect(refused?.code == .failedPrecondition && refused?.reason == "invalid-code")
                }
                let right = await fixture.refusal {
                    try await fixture.confirmEmail(code: proof.code, email: "ana@example.com")
                }
                #expect(right?.reason == "invalid-code")
                try await fixture.confirmEmail(token: proof.token)
            }
        }

        /// Attack 20.
        @Test func `a thousand guesses at once are five compares`() async throws {
            try await Fixture.run(loops: 2) { fixture in
                let codes = fixture.service.codes
                let address = try Self.address("ana@example.com")
                let subject = CodeSubject(user: .random(), address: address)
                let issued = try await codes.issue(.resetPassword, subject, by: nil)
                let outcomes = try await withThrowingTaskGroup(of: String.self) { group in
                    for number in 0..<1000 {
                        group.addTask(executorPreference: fixture.group.loops[number % 2]) {
                            let reply = try await codes.reply(
                                to: Self.wrong(issued.code),
                                .resetPassword,
                                address,
                                by: nil
                            )
                            return try reply.value(String.self)
                        }
                    }
                    return try await group.reduce(into: [String: Int]()) { $0[$1, default: 0] += 1 }
                }
                #expect(outcomes == ["wrong": 5, "dead": 995])
                let right = try await codes.redeem(
                    code: try #require(ShortCode(typed: issued.code)),
                    .resetPassword,
                    address,
                    by: nil
                )
                #expect(right == nil)
            }
        }

        /// Attack 21.
        @Test func `of a hundred that show the same code or link one succeeds`() async throws {
            try await Fixture.run(loops: 2) { fixture in
                for isCode in [true, false] {
                    let email = "ana\(isCode)@example.com"
                    try await fixture.register(email)
                    let proof = try #require(fixture.notification.take().last).mail.proof
                    let successes = await withTaskGroup(of: Bool.self) { group in
                        for number in 0..<50 {
                            group.addTask(executorPreference: fixture.group.loops[number % 2]) {
                                let refused = await fixture.refusal {
                                    let address = "192.0.2.\(number)"
                                    if isCode {
                                        try await fixture.confirmEmail(code: proof.code, email: email, address: address)
                                    } else {
                                        try await fixture.confirmEmail(token: proof.token, address: address)
                                    }
                                }
                                return refused == nil
                            }
                        }
                        return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
                    }
                    #expect(successes == 1)
                    let again = await fixture.refusal { try await fixture.confirmEmail(token: proof.token) }
                    #expect(again?.reason == "invalid-code")
                }
            }
        }

        /// Attack 20.
        @Test func `a code is good for its purpose, its address, ten minutes, and until the next`() async throws {
            try await Fixture.run { fixture in
                fixture.profile.add("ana@example.com")
                fixture.profile.add("eva@example.com")
                try await fixture.requestReset("ana@example.com")
                let first = try #require(fixture.notification.take().last).mail.proof
                let purpose = await fixture.refusal { try await fixture.confirmEmail(token: first.token) }
                let purposeOfCode = await fixture.refusal {
                    try await fixture.confirmEmail(code: first.code, email: "ana@example.com")
                }
                let address = await fixture.refusal {
                    try await fixture.confirmReset(code: first.code, email: "eva@example.com", "wf8#kd02!mmQ;3x")
                }
                for refused in [purpose, purposeOfCode, address] { #expect(refused?.reason == "invalid-code") }
                fixture.advance(.seconds(61))
                try await fixture.requestReset("ana@example.com")
                let second = try #require(fixture.notification.take().last).mail.proof
                let old = await fixture.refusal {
                    try await fixture.confirmReset(token: first.token, "wf8#kd02!mmQ;3x")
                }
                #expect(old?.reason == "invalid-code")
                fixture.advance(.seconds(601))
                let late = await fixture.refusal {
                    try await fixture.confirmReset(token: second.token, "wf8#kd02!mmQ;3x")
                }
                #expect(late?.reason == "invalid-code")
            }
        }

        /// Attack 22.
        @Test func `a link is read by its page and used up by the confirmation alone`() async throws {
            try await Fixture.run { fixture in
                try await fixture.register("ana@example.com")
                let proof = try #require(fixture.notification.take().last).mail.proof
                // Nothing that a scanner can call without the confirmation touches the record: a wrong purpose, a
                // mangled token, both at once.
                for (token, code) in [(String(proof.token.dropLast()), ""), (proof.token, proof.code), ("", "")] {
                    let refused = await fixture.refusal {
                        try await fixture.confirmEmail(token: token, code: code, email: "ana@example.com")
                    }
                    #expect(refused != nil)
                }
                let reset = await fixture.refusal {
                    try await fixture.confirmReset(token: proof.token, "wf8#kd02!mmQ;3x")
                }
                #expect(reset?.reason == "invalid-code")
                try await fixture.confirmEmail(token: proof.token)
            }
        }

        @Test func `a code that could not be used for now can be used again`() async throws {
            try await Fixture.run { fixture in
                try await fixture.register("ana@example.com")
                let proof = try #require(fixture.notification.take().last).mail.proof
                fixture.profile.state.withLock { $0.failures["ConfirmEmail"] = RPCError(.unavailable, "away") }
                let refused = await fixture.refusal { try await fixture.confirmEmail(token: proof.token) }
                #expect(refused?.code == .unavailable)
                fixture.profile.state.withLock { $0.failures = [:] }
                try await fixture.confirmEmail(code: proof.code, email: "ana@example.com")
            }
        }

        /// Attack 20.
        @Test func `what the store has of codes and links is no code and no link`() async throws {
            try await Fixture.run(["LONJA_AUTH_CODES_PEPPER": "only configured"]) { fixture in
                fixture.profile.add("ana@example.com")
                try await fixture.requestReset("ana@example.com")
                let proof = try #require(fixture.notification.take().last).mail.proof
                let everything = try await fixture.everything()
                let code = try #require(ShortCode(typed: proof.code)).symbols
                #expect(!everything.contains(proof.code) && !everything.contains(code))
                #expect(!everything.contains(proof.token) && !everything.contains("auth:pepper"))
                let secret = try #require(LinkToken(proof.token)).secret
                #expect(!everything.contains(Base64URL.encode(secret)))
            }
        }

        /// Attack 20.
        @Test func `guesses of codes are limited for a network too`() async throws {
            try await Fixture.run { fixture in
                var codes: [RPCError?] = []
                for number in 0..<61 {
                    codes.append(
                        await fixture.refusal {
                            try await fixture.confirmEmail(
                                code: ShortCode.random().shown,
                                email: "user\(number)@example.com",
                                address: "2001:db8::\(number)"
                            )
                        }
                    )
                }
                #expect(codes[59]?.reason == "invalid-code" && codes[60]?.reason == "too-many-attempts")
            }
        }
    }
}
