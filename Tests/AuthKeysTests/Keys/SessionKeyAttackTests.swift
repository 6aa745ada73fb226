import Digest
import Observe
import Testing

@testable import AuthService

/// Attack 15 of the reference: tokens that are not ours, or not what they seem.
@Suite struct SessionKeyAttackTests {
    private struct Forge {
        let ring: SessionKeyRing
        let key: P256PrivateKey
        let header: String
        let payload: String
        let good: String

        static func with(_ store: Store, _ clock: TestClock) async throws -> Forge {
            let ring = SessionKeyFixture.ring(store, clock)
            let good = try await ring.token()
            let records = try await store.records()
            let sealing = SealingKey(
                secret: Array(SessionKeyFixture.secret.reveal().utf8),
                purpose: "lonja auth session keys 1"
            )
            let scalar = try #require(sealing.open(records[0].sealed, context: records[0].context))
            let key = try #require(P256PrivateKey(scalar: scalar, point: records[0].point))
            let parts = good.split(separator: ".").map {
                String(decoding: Base64URL.decode(String($0)) ?? [], as: UTF8.self)
            }
            return Forge(ring: ring, key: key, header: parts[0], payload: parts[1], good: good)
        }

        /// A token that the ring's own key has signed.
        func signed(_ header: String, _ payload: String) throws -> String {
            let text = Base64URL.encode(Array(header.utf8)) + "." + Base64URL.encode(Array(payload.utf8))
            return text + "." + Base64URL.encode(try key.signature(of: Array(text.utf8)))
        }

        func refusal(_ token: String) async -> TokenError? { await tokenError { _ = try await ring.check(token) } }
    }

    private static func forging(_ body: @escaping @Sendable (borrowing Forge) async throws -> Void) async throws {
        try await Store.run { store in try await body(try await Forge.with(store, TestClock())) }
    }

    /// The forge makes good tokens, or the tests below would show nothing.
    @Test func theForgeWorks() async throws {
        try await Self.forging { forge in
            _ = try await forge.ring.check(try forge.signed(forge.header, forge.payload))
        }
    }

    @Test func algorithms() async throws {
        try await Self.forging { forge in
            for name in ["none", "None", "NONE", "HS256", "RS256", "ES384", "ES256K", "es256", "", " ES256"] {
                let header = forge.header.replacing("ES256", with: name)
                let found = await forge.refusal(try forge.signed(header, forge.payload))
                #expect(found == .wrongAlgorithm, "\(name)")
            }
            let none = forge.header.replacing("ES256", with: "none")
            let unsigned = Base64URL.encode(Array(none.utf8)) + "." + Base64URL.encode(Array(forge.payload.utf8)) + "."
            let found = await forge.refusal(unsigned)
            #expect(found == .wrongAlgorithm)
            for header in [#"{"kid":"x","typ":"lonja-session+jwt"}"#, #"{"alg":["ES256"],"kid":"x"}"#] {
                let found = await forge.refusal(try forge.signed(header, forge.payload))
                #expect(found == .wrongAlgorithm)
            }
        }
    }

    /// HMAC with the public key as its secret.
    @Test func keyConfusion() async throws {
        try await Self.forging { forge in
            let header = forge.header.replacing("ES256", with: "HS256")
            let text = Base64URL.encode(Array(header.utf8)) + "." + Base64URL.encode(Array(forge.payload.utf8))
            let found = await forge.refusal(text + "." + Base64URL.encode([UInt8].random(32)))
            #expect(found == .wrongAlgorithm)
        }
    }

    @Test(arguments: [
        "../x", "..%2fx", "x' OR 1=1 --", "*", "auth:keys:*", "[a-z]", "a b", "", "a.b", "é", "\u{212a}",
        "123456789012345678901234567890123", "x\u{0}", "AAAAAAAAAAAAAAAAAAAAAA",
    ])
    func names(kid: String) async throws {
        try await Self.forging { forge in
            let header = #"{"alg":"ES256","kid":"\#(TokenText.escaped(kid))","typ":"lonja-session+jwt"}"#
            let found = await forge.refusal(try forge.signed(header, forge.payload))
            #expect(found == .unknownKey)
        }
    }

    @Test func otherHeaders() async throws {
        try await Self.forging { forge in
            for name in ["jku", "jwk", "x5u", "x5c", "crit"] {
                let header = String(forge.header.dropLast() + #","\#(name)":"https://evil.example"}"#)
                let found = await forge.refusal(try forge.signed(header, forge.payload))
                #expect(found == .forbiddenHeader)
            }
            let unknown = await forge.refusal(
                try forge.signed(forge.header.dropLast() + #","cty":"x"}"#, forge.payload)
            )
            #expect(unknown == .forbiddenHeader)
            let unnamed = await forge.refusal(
                try forge.signed(#"{"alg":"ES256","typ":"lonja-session+jwt"}"#, forge.payload)
            )
            #expect(unnamed == .unknownKey)
            let twice = await forge.refusal(
                try forge.signed(forge.header.dropLast() + #","alg":"ES256"}"#, forge.payload)
            )
            #expect(twice == .malformed)
        }
    }

    @Test func typesAndParties() async throws {
        try await Self.forging { forge in
            for type in ["JWT", "at+jwt", "LONJA-SESSION+JWT", "lonja-session", ""] {
                let header = forge.header.replacing("lonja-session+jwt", with: type)
                let found = await forge.refusal(try forge.signed(header, forge.payload))
                #expect(found == .wrongType, "\(type)")
            }
            for audience in [#""other""#, #"["lonja"]"#, #"["lonja","other"]"#, "null", #""""#, #""Lonja""#] {
                let payload = forge.payload.replacing(#""aud":"lonja""#, with: #""aud":\#(audience)"#)
                let found = await forge.refusal(try forge.signed(forge.header, payload))
                #expect(found == .wrongAudience, "\(audience)")
            }
            for issuer in [
                "https://lonja.example/", "https://evil.example", "http://lonja.example", "https://LONJA.example",
            ] {
                let payload = forge.payload.replacing("https://lonja.example", with: issuer)
                let found = await forge.refusal(try forge.signed(forge.header, payload))
                #expect(found == .wrongIssuer, "\(issuer)")
            }
        }
    }

    /// An ID token of Google's, and one of its form that our own key has signed.
    @Test func anIDToken() async throws {
        try await Self.forging { forge in
            let payload =
                #"{"iss":"https://accounts.google.com","aud":"lonja","sub":"1","exp":1900000000,"iat":1800000000}"#
            let rsa = await forge.refusal(try forge.signed(#"{"alg":"RS256","kid":"g","typ":"JWT"}"#, payload))
            #expect(rsa == .wrongAlgorithm)
            let own = await forge.refusal(
                try forge.signed(forge.header.replacing("lonja-session+jwt", with: "JWT"), payload)
            )
            #expect(own == .wrongType)
            let typed = await forge.refusal(try forge.signed(forge.header, payload))
            #expect(typed == .wrongIssuer)
        }
    }

    @Test func claims() async throws {
        try await Self.forging { forge in
            for (name, refusal) in [
                ("sub", TokenError.missingClaim), ("sid", .missingClaim), ("jti", .missingClaim),
                ("scope", .missingClaim), ("iat", .missingClaim),
                ("exp", .missingClaim), ("auth_time", .missingClaim), ("iss", .wrongIssuer), ("aud", .wrongAudience),
            ] {
                let payload = forge.payload.replacing(#""\#(name)":"#, with: #""x\#(name)":"#)
                let found = await forge.refusal(try forge.signed(forge.header, payload))
                #expect(found == refusal, "\(name)")
            }
            let twice = await forge.refusal(try forge.signed(forge.header, forge.payload.dropLast() + #","sub":"x"}"#))
            #expect(twice == .malformed)
            // Ours never live for longer.
            let long = forge.payload.replacing(#""exp":1800000300"#, with: #""exp":1800000301"#)
            #expect(long != forge.payload)
            let found = await forge.refusal(try forge.signed(forge.header, long))
            #expect(found == .missingClaim)
        }
    }

    @Test func signatures() async throws {
        try await Self.forging { forge in
            let parts = forge.good.split(separator: ".").map(String.init)
            let signature = try #require(Base64URL.decode(parts[2]))
            let zero = [UInt8](repeating: 0, count: 32)
            var flipped = signature
            flipped[63] ^= 1
            for bad in [
                zero + signature[32...], signature[..<32] + zero, zero + zero, flipped, signature + [0],
                Array(signature.dropLast()), [], der(signature), [UInt8](repeating: 0xff, count: 64),
            ] {
                let found = await forge.refusal(parts[0] + "." + parts[1] + "." + Base64URL.encode(bad))
                #expect(found == .badSignature)
            }
            let payload = Base64URL.encode(Array(forge.payload.replacing(#""sub":"7"#, with: #""sub":"8"#).utf8))
            let changed = await forge.refusal(parts[0] + "." + payload + "." + parts[2])
            #expect(changed == .badSignature)
            let other = try P256PrivateKey.generate().signature(of: Array((parts[0] + "." + parts[1]).utf8))
            let foreign = await forge.refusal(parts[0] + "." + parts[1] + "." + Base64URL.encode(other))
            #expect(foreign == .badSignature)
        }
    }

    /// One token has one text.
    @Test func forms() async throws {
        try await Self.forging { forge in
            let good = forge.good
            for bad in [
                good + "=", good + ".", good + ".e30", good + " ", " " + good, good + "\n", good + "\0",
                good.uppercased(),
                good.replacing(".", with: ".."), "Bearer " + good, good + good, "", ".", "..", "...",
                good + String(repeating: "A", count: 2048),
            ] {
                let found = await forge.refusal(bad)
                #expect(found != nil, "\(bad.prefix(20))…")
            }
            // The last character of a signature of 64 bytes has four bits that must be zero.
            let last = try #require(good.last)
            for character in "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_" where character != last
            {
                let found = await forge.refusal(good.dropLast() + String(character))
                #expect(found == .malformed || found == .badSignature)
            }
            _ = try await forge.ring.check(good)
        }
    }

    /// Ten thousand tokens of unknown keys cost one look at the store in 30 seconds; good ones pass all the time.
    @Test func stormOfUnknownNames() async throws {
        try await Store.run(loops: 2) { store in
            let clock = TestClock()
            let forge = try await Forge.with(store, clock)
            try await store.resetCounts()
            try await withThrowingTaskGroup { tasks in
                for lane in 0..<10 {
                    let (ring, key, payload) = (forge.ring, forge.key, forge.payload)
                    tasks.addTask {
                        for number in 0..<1000 {
                            let header = #"{"alg":"ES256","kid":"k\#(lane)-\#(number)","typ":"lonja-session+jwt"}"#
                            let text =
                                Base64URL.encode(Array(header.utf8)) + "." + Base64URL.encode(Array(payload.utf8))
                            let token = text + "." + Base64URL.encode([UInt8](repeating: 1, count: 64))
                            let found = await tokenError { _ = try await ring.check(token) }
                            #expect(found == .unknownKey)
                            if number % 100 == 0 { _ = try await ring.check(try await ring.token()) }
                        }
                        _ = key
                    }
                }
                try await tasks.waitForAll()
            }
            let gets = try await store.gets()
            #expect(gets == 1)
            clock.advance(.seconds(30))
            _ = await forge.refusal(
                try forge.signed(forge.header.replacing(#""kid":""#, with: #""kid":"x"#), forge.payload)
            )
            let more = try await store.gets()
            #expect(more == 2)
        }
    }

    /// The DER form of a signature, which is for certificates and not for tokens.
    private func der(_ signature: [UInt8]) -> [UInt8] {
        func integer(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
            let value = Array(bytes.drop { $0 == 0 })
            let padded = value.first.map { $0 >= 0x80 } == true ? [0] + value : value
            return [2, UInt8(padded.count)] + padded
        }
        let content = integer(signature[..<32]) + integer(signature[32...])
        return [0x30, UInt8(content.count)] + content
    }
}
