import Digest
import Observe
import RPC
import Testing

@testable import AuthService

/// Attack 14 of the reference: ID tokens that an issuer, or somebody between, makes otherwise than they must be. They come
/// through the whole client, signed by a real issuer with the key it publishes, so that only what is tried is wrong.
@Suite struct IDTokenAttackTests {
    /// One thing that is wrong, as issuer.py is told of it.
    struct Case: CustomTestStringConvertible, Sendable {
        let control: String
        let reason: String
        var testDescription: String { control }

        init(_ control: String, _ reason: String = "login-token-refused") {
            self.control = control
            self.reason = reason
        }
    }

    static let cases = [
        // Algorithms.
        Case(#"{"signature": "none"}"#),
        Case(#"{"signature": "none", "header": {"alg": "None"}}"#),
        Case(#"{"signature": "none", "header": {"alg": "RS256"}}"#),
        Case(#"{"signature": "HS256"}"#),
        Case(#"{"signature": "HS256", "header": {"alg": "RS256"}}"#),
        Case(#"{"signature": "ES256", "header": {"kid": "curve"}}"#),
        Case(#"{"signature": "ES256", "header": {"kid": "curve", "alg": "RS256"}}"#),
        Case(#"{"header": {"alg": "RS384"}}"#),
        Case(#"{"header": {"alg": "PS256"}}"#),
        Case(#"{"header": {"alg": null}}"#),
        Case(#"{"header": {"alg": ["RS256"]}}"#),
        // Keys.
        Case(#"{"header": {"kid": null}}"#),
        Case(#"{"header": {"kid": ""}}"#),
        Case(#"{"header": {"kid": 1}}"#),
        Case(#"{"header": {"kid": "../k1"}}"#),
        Case(#"{"header": {"kid": "unknown"}}"#),
        Case(#"{"header": {"kid": "curve"}}"#),
        Case(#"{"key": "k2"}"#),
        Case(#"{"key": "k2", "header": {"kid": "k1"}}"#),
        Case(#"{"header": {"jwk": {"kty": "RSA"}}}"#),
        Case(#"{"header": {"jku": "https://evil.example/keys"}}"#),
        Case(#"{"header": {"x5u": "https://evil.example/cert"}}"#),
        Case(#"{"header": {"x5c": ["AAAA"]}}"#),
        Case(#"{"header": {"crit": ["exp"]}}"#),
        Case(#"{"header": {"typ": "at+jwt"}}"#),
        Case(#"{"signature": "garbage"}"#),
        Case(#"{"signature": "empty"}"#),
        Case(#"{"token_tail": "A"}"#),
        Case(#"{"token_tail": "=="}"#),
        Case(#"{"token_tail": ".e30"}"#),
        // Parties.
        Case(#"{"claims": {"iss": "https://evil.example"}}"#),
        Case(#"{"claims": {"iss": null}}"#),
        Case(#"{"claims": {"iss": "accounts.google.com"}}"#),
        Case(#"{"claims": {"aud": "another"}}"#),
        Case(#"{"claims": {"aud": ["lonja test", "another"]}}"#),
        Case(#"{"claims": {"aud": []}}"#),
        Case(#"{"claims": {"aud": null}}"#),
        Case(#"{"claims": {"aud": {"0": "lonja test"}}}"#),
        Case(#"{"claims": {"azp": "another"}}"#),
        Case(#"{"claims": {"azp": ["lonja test"]}}"#),
        // Times.
        Case(#"{"offset": -3640}"#),
        Case(#"{"offset": 60}"#),
        Case(#"{"claims": {"exp": null}}"#),
        Case(#"{"claims": {"iat": null}}"#),
        Case(#"{"claims": {"exp": "9999999999"}}"#),
        Case(#"{"claims": {"exp": 99999999999999999999}}"#),
        Case(#"{"claims": {"nbf": 9999999999}}"#),
        // This login's.
        Case(#"{"claims": {"nonce": null}}"#),
        Case(#"{"claims": {"nonce": ""}}"#),
        Case(#"{"claims": {"nonce": "another"}}"#),
        Case(#"{"claims": {"nonce": ["x"]}}"#),
        Case(#"{"claims": {"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"}}"#),
        Case(#"{"claims": {"at_hash": 1}}"#),
        // The person.
        Case(#"{"claims": {"sub": null}}"#),
        Case(#"{"claims": {"sub": ""}}"#),
        Case(#"{"claims": {"sub": 1234567890}}"#),
        Case(#"{"claims": {"sub": "a b"}}"#),
        Case(#"{"claims": {"email": null}}"#),
        Case(#"{"claims": {"email": "ana"}}"#),
        Case(#"{"claims": {"email": "ana@example.org\r\nBcc: eve@example.org"}}"#),
        Case(#"{"claims": {"email": ["ana@example.org"]}}"#),
        Case(#"{"claims": {"email_verified": "true"}}"#, "login-email-unverified"),
        Case(#"{"claims": {"email_verified": false}}"#, "login-email-unverified"),
        Case(#"{"claims": {"email_verified": 1}}"#, "login-email-unverified"),
        Case(#"{"claims": {"email_verified": null}}"#, "login-email-unverified"),
        // Members twice, the second one good.
        Case(#"{"claims": {"email_verified": false}, "twice": {"email_verified": true}}"#),
        Case(#"{"claims": {"sub": "victim"}, "twice": {"sub": "1234567890"}}"#),
        Case(#"{"twice": {"iss": "https://evil.example"}}"#),
        Case(#"{"twice_header": {"alg": "RS256"}}"#),
    ]

    /// All of them at one issuer, one after the other; before, between and after them a good login, or they would show
    /// nothing.
    @Test(.timeLimit(.minutes(5)))
    func refused() async throws {
        try await Issuer.run { issuer in
            _ = try await issuer.login()
            for attempt in Self.cases {
                try await issuer.reset()
                try await issuer.control(attempt.control)
                let found = await reason { _ = try await issuer.login() }
                #expect(found == attempt.reason, "\(attempt.control)")
                try await issuer.reset()
                let good = await reason { _ = try await issuer.login() }
                #expect(good == "none", "after \(attempt.control)")
            }
        }
    }

    /// Attack 14: also where there is no doubt which key is meant.
    @Test func `attack 14: a token that names no key is refused, of an issuer with one key too`() async throws {
        try await Issuer.run { issuer in
            try await issuer.control(#"{"only": true}"#)
            _ = try await issuer.login()
            try await issuer.control(#"{"header": {"kid": null}}"#)
            let found = await reason { _ = try await issuer.login() }
            #expect(found == "login-token-refused")
        }
    }

    /// What may be otherwise.
    @Test func accepted() async throws {
        try await Issuer.run { issuer in
            for control in [
                #"{"claims": {"azp": null}}"#, #"{"claims": {"at_hash": null}}"#,
                #"{"claims": {"aud": ["lonja test"]}}"#,
                #"{"header": {"typ": null}}"#, #"{"header": {"x5t": "AAAA"}}"#, #"{"offset": 25}"#,
                #"{"offset": -3620}"#,
                #"{"claims": {"given_name": null, "family_name": null, "locale": null}}"#,
            ] {
                try await issuer.reset()
                try await issuer.control(control)
                let found = await reason { _ = try await issuer.login() }
                #expect(found == "none", "\(control)")
            }
        }
    }

    @Test func namesAreCleaned() async throws {
        try await Issuer.run { issuer in
            let long = String(repeating: "é", count: 300)
            try await issuer.control(
                #"{"claims": {"given_name": "A\u0000n\u202ea\r\n", "family_name": "\#(long)", "locale": "fr"}}"#
            )
            let login = try await issuer.login()
            #expect(login.givenName == "Ana")
            #expect(login.familyName == String(repeating: "é", count: 100))
            #expect(login.language == "en")
        }
    }

    @Test func tokensWithoutEnd() async throws {
        try await Issuer.run { issuer in
            try await issuer.control(#"{"claims": {"x": "\#(String(repeating: "x", count: 20_000))"}}"#)
            let found = await reason { _ = try await issuer.login() }
            #expect(found == "login-token-refused")
        }
    }

    /// Google signs under two names, and nobody else does.
    @Test func namesOfGoogle() throws {
        let now = WallTime(secondsSinceEpoch: 1_800_000_000)
        for (issuer, name, isGood) in [
            ("https://accounts.google.com", "https://accounts.google.com", true),
            ("https://accounts.google.com", "accounts.google.com", true),
            ("https://accounts.google.com", "http://accounts.google.com", false),
            ("https://accounts.google.com", "https://accounts.google.com/", false),
            ("https://other.example", "accounts.google.com", false),
        ] {
            let payload = """
                {"iss":"\(name)","aud":"c","sub":"1","iat":1800000000,"exp":1800003600,"nonce":"n","email":"a@b.c",\
                "email_verified":true}
                """
            let text = "e30." + Base64URL.encode(Array(payload.utf8)) + ".AAAA"
            let check = IDTokenCheck(issuer: issuer, clientID: "c", nonce: "n", accessToken: nil)
            let found = Result {
                try check.login(of: CompactJWS(text, maximumBytes: 4096), at: now, next: "/")
            }
            #expect((try? found.get().issuer) == (isGood ? issuer : nil))
        }
    }
}
